/** What `checkConventions` and `checkClaims` say of alerts, whichever language their expressions are in. */
export const alertRules = {
  'bad-severity': { level: 'error', summary: 'An alerting rule has no severity of the course\'s scale.' },
  'no-runbook': { level: 'error', summary: 'An alerting rule has no runbook_url that can be opened.' },
  'unproven-alert': { level: 'error', summary: 'An alerting rule is named neither by fires nor by never.' },
  'unknown-alert': { level: 'error', summary: 'fires or never names an alert that the block does not define.' },
  'bad-attribute': { level: 'error', summary: 'The attributes of a block of rules are malformed or do not pair.' },
  'no-quiet': { level: 'error', summary: 'No dataset without fault shows that an alert stays quiet.' },
  'no-near-miss': { level: 'error', summary: 'No variants just above and just below prove an alert\'s threshold.' },
} as const;
