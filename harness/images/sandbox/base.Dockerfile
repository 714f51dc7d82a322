# Where a registry answers. Elsewhere the same packages come by debootstrap.
ARG BASE
FROM ${BASE}
ARG PACKAGES
RUN apt-get update -q \
 && apt-get install -q -y --no-install-recommends ${PACKAGES} \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
