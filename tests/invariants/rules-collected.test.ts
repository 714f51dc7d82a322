import { expect, test } from 'vitest';
import { backends } from '../../harness/backends/index.ts';
import { checkers } from '../../harness/checkers/index.ts';
import { courseChecks } from '../../harness/course-checks/index.ts';
import { collectRules } from '../../harness/evidence.ts';
import { pageChecks } from '../../harness/page-checks/index.ts';
import { glossaryRules, incidentRules, parseRules } from '../../harness/parse/index.ts';
import { planRules } from '../../harness/plan/plan.ts';
import { recordRules } from '../../harness/record/record.ts';
import { answerRules } from '../../harness/run/judge-answer.ts';

const collected = collectRules(checkers, backends);

test('every rule of every stage is collected', () => {
  const ids = [parseRules, glossaryRules, incidentRules, planRules, answerRules, recordRules].flatMap((rules) => Object.keys(rules));
  expect(ids.filter((id) => !collected.has(id as `${string}/${string}`))).toEqual([]);
});

test.each(checkers.map((checker) => [checker.name, checker] as const))('every rule of %s is collected under its name', (name, { rules }) => {
  expect(Object.keys(rules).filter((rule) => collected.get(`${name}/${rule}`) !== rules[rule])).toEqual([]);
});

test('every rule of a page check is collected under `page`', () => {
  const names = pageChecks.flatMap((check) => Object.entries(check.rules));
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter(([name, rule]) => collected.get(`page/${name}`) !== rule)).toEqual([]);
});

test('every rule of a course check is collected under `course`', () => {
  const names = courseChecks.flatMap((check) => Object.entries(check.rules));
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter(([name, rule]) => collected.get(`course/${name}`) !== rule)).toEqual([]);
});

test.each(backends.map((backend) => [backend.name, backend] as const))('every rule of the backend %s is collected for each checker whose blocks can break it there', (name, { rules, rulesByAttribute }) => {
  // What listens, and what continues it, runs on `live` whatever its checker names.
  const groups = rulesByAttribute === undefined
    ? [{ rules, users: checkers.filter((checker) => checker.backend === name) }]
    : Object.entries(rulesByAttribute).map(([attribute, group]) => ({ rules: group, users: checkers.filter((checker) => checker.backend !== undefined && checker.attributes.includes(attribute)) }));
  expect(groups.filter(({ users }) => users.length === 0), 'a backend that no checker names').toEqual([]);
  expect(groups.flatMap((group) => group.users.flatMap((checker) => Object.keys(group.rules).map((rule) => `${checker.name}/${rule}` as const))).filter((id) => !collected.has(id))).toEqual([]);
});

test('no rule is listed that nothing can break: a query has no exit code, a rule file no log lines', () => {
  expect([...collected.keys()].filter((id) => /^(?:promql|logql|jaeger|rules)\/(?:exit|threw|no-logs|ignores-sigterm|not-scraped)$/.test(id))).toEqual([]);
  expect(collected.has('promql/nothing-to-continue') && collected.has('typescript/ignores-sigterm')).toBe(true);
});

test('every backend that a checker names exists', () => {
  const names = backends.map((backend) => backend.name);
  expect(checkers.filter(({ backend }) => backend !== undefined && !names.includes(backend)).map(({ name }) => name)).toEqual([]);
});

test('a rule has one sentence that a reader understands alone, and no two stages share an id', () => {
  const ids = [parseRules, glossaryRules, incidentRules, planRules, answerRules, recordRules].flatMap((rules) => Object.keys(rules));
  expect(new Set(ids).size).toBe(ids.length);
  expect([...collected].filter(([, { summary }]) => !/^\S.*\.$/.test(summary)).map(([id]) => id)).toEqual([]);
  const prefixes = new Set([...ids.map((id) => id.slice(0, id.indexOf('/'))), 'page', 'course']);
  expect(checkers.filter(({ name }) => prefixes.has(name)).map(({ name }) => name)).toEqual([]);
});
