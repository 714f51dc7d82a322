traces gateway | jq -r '
  INDEX(.id) as $span
  | [.[] | select(.failed) | .parent] as $above
  | first(.[] | select(.failed and (.id | IN($above[]) | not)))
  | "\($span[.parent].service) -> \(.service): \(.operation) (\(.why))"' |
  sort | uniq -c | sort -nr | awk '{ $1 = $1; print }' | tee calls
head -1 calls | check
