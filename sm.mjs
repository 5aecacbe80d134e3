import { readFileSync } from 'node:fs';
const snap=()=>{ const by={}; for (const m of readFileSync('/proc/self/smaps','utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) { const h = m.split('\n')[0].trim().split(/\s+/); const name = h[5] ? h[5].split('/').pop() + ' ' + h[1] : 'anon '+h[1]; const rss = +/Rss:\s+(\d+)/.exec(m)[1]; by[name]=(by[name]??0)+rss;} return by; };
snap(); gc(); const a=snap();
for (const m of process.argv.slice(2)) { const b=snap(); await import(m); const c=snap(); gc(); const d=snap(); for (const k of Object.keys(d)) if (Math.abs((d[k]??0)-(b[k]??0))>300||Math.abs((c[k]??0)-(b[k]??0))>300) console.log(m,k,'before',b[k]??0,'after',c[k]??0,'gc',d[k]??0); }
