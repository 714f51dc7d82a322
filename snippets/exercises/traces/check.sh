# Reads one line of the form "count caller -> callee: operation (why)".
check() {
  read -r count what; missing=0
  say() { echo "missing: $1"; missing=1; }
  name=$(printf '%s' "${what%% (*}" | sha256sum | cut -c1-8)
  [ "$name" = 61710f3d ] || say "the call that fails first; it is not ${what%% (*}"
  why=$(printf '%s' "${what##* (}" | tr -d ')' | sha256sum | cut -c1-8)
  [ "$why" = d4ef156a ] || say "why that call fails; it is not (${what##* (}"
  failed=$(curl -sG localhost:9090/api/v1/query --data-urlencode 'query=
    sum by (service) (http_requests_total{status="503"}
      - http_requests_total{status="503"} offset 20m)' |
    jq -r '[.data.result[].value[1] | tonumber] | max')
  [ "$count" = "$failed" ] || say "how often; a service counted $failed failures, and this says $count"
  [ "$missing" = 0 ] && echo "done: the call, the reason and all $failed failures"
}
