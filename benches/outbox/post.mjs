// What a job does: one POST over a connection that is kept, and its answer is read. `node:http` costs less than `fetch`.
import http from 'node:http';

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

export function post(order) {
  const body = JSON.stringify(order);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const request = http.request(`${process.env.PLATFORM}/api/v2/orders`, { method: 'POST', agent, headers }, (reply) => {
      const parts = [];
      reply.on('data', (part) => parts.push(part));
      reply.on('error', reject);
      reply.on('end', () => {
        const told = JSON.parse(Buffer.concat(parts).toString());
        if (reply.statusCode !== 200 || told.order?.external_id !== order.external_id) reject(new Error(`not placed: ${reply.statusCode}`));
        else resolve(told.order.order_id);
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The orders on standard input, one a line. */
export async function orders() {
  let text = '';
  for await (const part of process.stdin) text += part;
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}
