/** Bare kafkajs, in a thread that has loaded nothing of ours: how long a record takes from its producer to a consumer. */
import { randomUUID } from 'node:crypto';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Kafka, logLevel } from 'kafkajs';

interface Task {
  bootstrapServers: string;
  samples: number;
}

/** Milliseconds of each hop. */
export function bareHops(task: Task): Promise<number[]> {
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function measure({ bootstrapServers, samples }: Task): Promise<number[]> {
  const kafka = new Kafka({ brokers: [bootstrapServers], logLevel: logLevel.NOTHING });
  const topic = `hops-${randomUUID()}`;
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const consumer = kafka.consumer({ groupId: randomUUID() });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const hops: number[] = [];
  let arrived = () => {};
  await consumer.run({
    eachMessage: async ({ message }) => {
      hops.push(performance.now() - Number(message.value));
      arrived();
    },
  });
  for (let sample = 0; sample < samples; sample += 1) {
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await producer.send({ topic, acks: -1, messages: [{ key: 'peer', value: String(performance.now()) }] });
    await arrival;
  }
  await consumer.disconnect();
  await producer.disconnect();
  // The first waits for the group to form.
  return hops.slice(1);
}

if (!isMainThread && parentPort) parentPort.postMessage(await measure(workerData as Task));
