/** The course's one scale of the label `severity`, gravest first: somebody gets up, it waits for the morning, nobody is told. The glossary says so to readers. */
export const severities: readonly string[] = ['page', 'ticket', 'info'];
