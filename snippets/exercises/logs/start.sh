curl -sG localhost:3100/loki/api/v1/query --data-urlencode 'query=
  sum by (error_type) (count_over_time({service=~".+", level="error"} | json [20m]))' |
  jq -r '.data.result[] | "\(.value[1]) \(.metric.error_type)"' | sort -nr | tee causes
check < causes
