# Reads lines of the form "count name" and says whether they can be the three causes.
check() {
  cat > answer; missing=0
  say() { echo "missing: $1"; missing=1; }
  rows=$(grep -c . answer || true)
  [ "$rows" = 3 ] || say "three causes; these are $rows"
  total=$(awk '{ n += $1 } END { print n + 0 }' answer)
  failed=$(curl -sG localhost:9090/api/v1/query --data-urlencode 'query=
    sum(http_requests_total{service="payment", status="500"}
      - http_requests_total{service="payment", status="500"} offset 20m)' |
    jq -r '.data.result[0].value[1]')
  [ "$total" = "$failed" ] || say "each failure once; payment counted $failed, these add up to $total"
  names=$(awk '{ print $2 }' answer | sha256sum | cut -c1-8)
  [ "$names" = a0779614 ] || say "the right names, most frequent first"
  [ "$missing" = 0 ] && echo "done: three causes for all $failed failed payments"
}
