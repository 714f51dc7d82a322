import type { SyntaxNode } from '@lezer/common';
import type { FieldIndex } from './field-index.ts';
import { findNodes, unquote } from './syntax.ts';

/** The names that a stage of a pipeline can read. */
export interface Scope {
  /** Undefined values: made by the query, not known here. */
  readonly names: ReadonlyMap<string, ReadonlySet<string> | undefined>;
  /** True after a stage whose names only the lines themselves decide. */
  readonly isOpen: boolean;
}
/** A name that a stage reads, and what there is at that stage. */
export interface FieldUse {
  readonly node: SyntaxNode;
  readonly scope: Scope;
}

/** Walks the stages of one pipeline in order. @param pipeline a LogExpr or LogRangeExpr node */
export function readPipeline(pipeline: SyntaxNode, text: string, index: FieldIndex): { readonly uses: readonly FieldUse[]; readonly end: Scope } {
  const uses: FieldUse[] = [];
  let scope: Scope = { names: index.labels, isOpen: false };
  for (const stage of findNodes(pipeline, 'PipelineStage', 'UnwrapExpr')) {
    for (const node of readNames(stage)) uses.push({ node, scope });
    scope = passStage(stage, text, scope, index);
  }
  return { uses, end: scope };
}

function readNames(stage: SyntaxNode): SyntaxNode[] {
  const filters = findNodes(stage, 'LabelFilter').flatMap((filter) => findNodes(filter, 'Identifier'));
  const renamed = findNodes(stage, 'LabelFormatMatcher').flatMap((format) => format.getChildren('Identifier').slice(1));
  const unwrapped = stage.name === 'UnwrapExpr' ? findNodes(stage, 'Identifier') : [];
  // Nested filters (`a and b`) contain each other.
  return [...new Map([...filters, ...renamed, ...unwrapped].map((node) => [node.from, node])).values()];
}

function passStage(stage: SyntaxNode, text: string, scope: Scope, index: FieldIndex): Scope {
  if (stage.name === 'UnwrapExpr') return scope;
  const made = stage.getChild('LabelParser') ?? stage.getChild('LogfmtParser') ?? stage.getChild('LogfmtExpressionParser') ?? stage.getChild('JsonExpressionParser')
    ?? stage.getChild('LabelFormatExpr') ?? stage.getChild('LineFormatExpr');
  if (made === null) return scope;
  switch (made.name) {
    case 'LineFormatExpr':
      // A parser after this reads another line than the dataset's.
      return { ...scope, isOpen: true };
    case 'LabelFormatExpr':
      return withNames(scope, findNodes(made, 'LabelFormatMatcher').flatMap((format) => nameOf(format.getChild('Identifier'), text)));
    case 'JsonExpressionParser':
      return withNames(scope, findNodes(made, 'LabelExtractionExpression').flatMap((expression) => nameOf(expression.getChild('Identifier'), text)));
    case 'LabelParser':
      return passParser(made, text, scope, index);
    default:
      return { ...scope, isOpen: true };
  }
}

function passParser(parser: SyntaxNode, text: string, scope: Scope, index: FieldIndex): Scope {
  const kind = parser.firstChild?.name;
  const literal = parser.getChild('String');
  const pattern = literal === null ? '' : unquote(text.slice(literal.from, literal.to));
  if (kind === 'Json') {
    // A field with the name of a stream label is kept under another.
    const fields = [...index.fields].map(([name, values]) => [index.labels.has(name) ? `${name}_extracted` : name, values] as const);
    return { ...scope, names: new Map([...scope.names, ...fields]) };
  }
  if (kind === 'Regexp') return withNames(scope, [...pattern.matchAll(/\(\?P?<(\w+)>/g)].map((match) => match[1] ?? ''));
  if (kind === 'Pattern') return withNames(scope, [...pattern.matchAll(/<(\w+)>/g)].map((match) => match[1] ?? ''));
  return { ...scope, isOpen: true };
}

function withNames(scope: Scope, names: readonly string[]): Scope {
  return { ...scope, names: new Map([...scope.names, ...names.map((name) => [name, undefined] as const)]) };
}

function nameOf(node: SyntaxNode | null, text: string): string[] {
  return node === null ? [] : [text.slice(node.from, node.to)];
}
