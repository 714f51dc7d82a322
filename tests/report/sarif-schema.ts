/**
 * The part of SARIF 2.1.0 that our reporter writes, by hand after the OASIS standard (§3.13 to §3.58): we found no package on npm that ships its JSON schema.
 * Stricter than that: what we do not write is not allowed.
 */
const text = { type: 'string' };
const message = { type: 'object', required: ['text'], additionalProperties: false, properties: { text } };
const level = { enum: ['none', 'note', 'warning', 'error'] };
const line = { type: 'integer', minimum: 1 };
const index = { type: 'integer', minimum: -1 };
const properties = { type: 'object' };
const list = (items: object, more: object = {}): object => ({ type: 'array', items, ...more });
const shape = (required: readonly string[], fields: object): object => ({ type: 'object', required: [...required], properties: fields, additionalProperties: false });

const region = shape(['startLine'], { startLine: line, startColumn: line, endLine: line, endColumn: line });
const artifactLocation = shape(['uri'], { uri: { type: 'string', pattern: "^(?!/)(?:[\\w.~!*'()/-]|%[\\dA-F]{2})*$" } });
const location = shape(['physicalLocation'], { id: index, message, physicalLocation: shape(['artifactLocation'], { artifactLocation, region }) });
const descriptor = shape(['id'], { id: text, shortDescription: message, helpUri: text, defaultConfiguration: shape([], { level }) });
const component = shape(['name'], {
  name: text, version: text, properties,
  rules: list(descriptor, { uniqueItems: true }),
  notifications: list(descriptor, { uniqueItems: true }),
});
const notification = shape(['message'], {
  level, message, properties,
  descriptor: shape(['id'], { id: text, index }),
  locations: list(location, { uniqueItems: true }),
  exception: shape([], { kind: text, message: text, innerExceptions: list(shape([], { message: text })) }),
});
const result = shape(['message'], {
  ruleId: text, ruleIndex: index, level, message,
  locations: list(location),
  relatedLocations: list(location, { uniqueItems: true }),
  partialFingerprints: { type: 'object', additionalProperties: text },
});
const invocation = shape(['executionSuccessful'], { executionSuccessful: { type: 'boolean' }, exitCode: { type: 'integer' }, toolExecutionNotifications: list(notification) });

export const sarifSchema: object = shape(['$schema', 'version', 'runs'], {
  $schema: { const: 'https://json.schemastore.org/sarif-2.1.0.json' },
  version: { const: '2.1.0' },
  runs: list(shape(['tool'], {
    tool: shape(['driver'], { driver: component, extensions: list(component, { uniqueItems: true }) }),
    columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
    invocations: list(invocation),
    results: list(result),
  })),
});
