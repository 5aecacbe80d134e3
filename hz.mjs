import v8 from 'node:v8';
const f=(l)=>{gc();const m=process.memoryUsage();console.log(l,(m.rss/1e6).toFixed(1),(m.heapUsed/1e6).toFixed(1),(m.heapTotal/1e6).toFixed(1),'ext',(m.external/1e6).toFixed(1))};
f('start');
for (const m of process.argv.slice(2)) { await import(m); f(m); }
