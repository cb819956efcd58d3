// pg-boss: `node pg-boss.mjs install|enqueue|work [batches]`, over DATABASE_URL, to PLATFORM.
import { PgBoss } from 'pg-boss';
import { orders, post } from './post.mjs';

const [what, batches] = process.argv.slice(2);
const boss = new PgBoss({ connectionString: process.env.DATABASE_URL });
boss.on('error', (error) => console.error(error.message));
await boss.start();

let stopped = false;
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => { stopped = true; boss.stop({ timeout: 10_000 }); });

if (what === 'work' && batches) {
  // The next batch is fetched at once while the last one was full. Its jobs are done one after the other, and completed by one statement.
  await boss.work('orders', { batchSize: 50, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }, async (jobs) => {
    for (const job of jobs) await post(job.data);
  });
} else if (what === 'work') {
  // One at a time, `work` rests for half a second at least between two jobs: fetched and completed by hand, it does not.
  while (!stopped) {
    const [job] = await boss.fetch('orders');
    if (job === undefined) await new Promise((resolve) => setTimeout(resolve, 100));
    else {
      await post(job.data);
      await boss.complete('orders', job.id);
    }
  }
} else {
  if (what === 'install') await boss.createQueue('orders');
  const jobs = what === 'enqueue' ? (await orders()).map((data) => ({ data })) : [];
  if (jobs.length > 0) await boss.insert('orders', jobs);
  await boss.stop();
}
