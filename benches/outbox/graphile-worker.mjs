// graphile-worker: `node graphile-worker.mjs install|enqueue|work [batches]`, over DATABASE_URL, to PLATFORM.
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { orders, post } from './post.mjs';

const [what, batches] = process.argv.slice(2);
const logger = new Logger(() => (level, message) => { if (level === 'error' || level === 'warning') console.error(message); });

// One job at a time in each process. Its page on performance has the rest: a local queue that is filled by one statement, and
// completions that are written down together. A worker that is killed has all of that locked, for four hours by default.
const worker = { connectionString: process.env.DATABASE_URL, concurrentJobs: 1, pollInterval: 100, logger };
if (batches) Object.assign(worker, { localQueue: { size: 50 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 });

if (what === 'work') {
  await run({ preset: { worker }, taskList: { order: post } });
} else {
  const utils = await makeWorkerUtils({ preset: { worker } });
  await utils.migrate();
  const jobs = what === 'enqueue' ? (await orders()).map((payload) => ({ identifier: 'order', payload })) : [];
  if (jobs.length > 0) await utils.addJobs(jobs);
  await utils.release();
}
