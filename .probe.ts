import { readFileSync } from 'node:fs'; import { join } from 'node:path';
import { checkCourse, fixtureFiles, fixtures, pointedAt, readWants } from './tests/page-checks/check-pages.ts';
const s = new Map(fixtureFiles.map(f=>[f, readFileSync(join(fixtures,f),'utf8')]));
for (const d of checkCourse(s)) console.log(d.place.file.slice(18), `${d.place.start.line}:${d.place.start.column}`, d.ruleId, JSON.stringify(pointedAt(d, s.get(d.place.file)!)), '\n        ', d.message.slice(0,150));
