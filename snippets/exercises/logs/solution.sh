curl -sG localhost:3100/loki/api/v1/query --data-urlencode 'query=
  sum by (error_code) (count_over_time({service="payment", level="error"} | json [20m]))' |
  jq -r '.data.result[] | "\(.value[1]) \(.metric.error_code)"' | sort -nr | tee causes
check < causes
