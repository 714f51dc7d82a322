curl -sG localhost:3100/loki/api/v1/query_range -d start=$(date -d '-20 minutes' +%s) -d end=$(date +%s) \
  --data-urlencode 'query={service="payment", level="error"}' |
  jq -r '.data.result[].values[][1] | fromjson.error_code' |
  sort | uniq -c | sort -nr | awk '{ print $1, $2 }' | tee causes
check < causes
