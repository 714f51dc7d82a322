import { checkCourse, type Disagreements } from './check/course.ts';
import { indexDataset } from './checkers/support/metric-index.ts';
import { courseChecks, readStack } from './course-checks/index.ts';
import type { Block, Page } from './model/block.ts';
import type { CourseContext } from './model/course-check.ts';
import type { Dataset } from './model/dataset.ts';
import type { PageContext } from './model/page-check.ts';
import { explainDeadLink } from './page-checks/index.ts';
import { placeRange } from './parse/index.ts';

interface DisagreementContext extends PageContext, Pick<CourseContext, 'datasetOf'> {
  dataset(name: string): Dataset;
}

/** Where blocks of the course do not agree. @param judged pages of this run, of all its shards @param course other than that of the context, whose links count */
export function findDisagreements(judged: readonly Page[], context: DisagreementContext, course: readonly Page[] = context.course, stack: readonly Block[] = readStack(context.root)): Disagreements {
  const { dataset, ...page } = context;
  // Asked of every block by every check: the attributes are read once.
  const homes = new Map<Block, string | undefined>();
  const datasetOf = (block: Block): string | undefined => {
    if (!homes.has(block)) homes.set(block, context.datasetOf(block));
    return homes.get(block);
  };
  const metricsOf = (name: string): ReadonlySet<string> => new Set(indexDataset(dataset(name)).metrics.keys());
  return checkCourse({ checks: courseChecks, course, judged, stack, context: { ...page, datasetOf, metricsOf, explainDeadLink: (url) => explainDeadLink(url, context) }, placeRange });
}
