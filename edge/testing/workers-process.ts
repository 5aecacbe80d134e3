import { fileURLToPath } from 'node:url';
import { createLogger, runProcess } from '@giggityflix/kernel';
import { createWorkers } from '../src/workers.ts';

// Two workers of the real program, whatever the number of cores.
const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const logger = createLogger({ service: 'edge-1', level: 'silent' });
await runProcess(createWorkers({ count: 2, edgeId: 'edge-1', httpPort: 0, program }, { logger }), logger);
