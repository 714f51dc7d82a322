traces gateway | jq -r '
  INDEX(.id) as $span
  | select(any(.[]; .parent == null and .failed))
  | first(.[] | select(.failed and .parent != null))
  | "\($span[.parent].service) -> \(.operation | sub(" "; ": ")) (\(.why))"' |
  sort | uniq -c | sort -nr | awk '{ $1 = $1; print }' | tee calls
head -1 calls | check
