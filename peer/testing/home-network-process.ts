/**
 * A machine and its router in a network namespace: maps two ports on the router the argument names, gives them back, and
 * prints what the two said of it. Run by a test, inside the namespace.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPortMapping, type PortMappingStatus } from '../src/network/port-mapping.ts';
import { silent } from './harness.ts';

export interface HomeNetworkReport {
  status: PortMappingStatus;
  /** What the router was asked, in order. */
  asked: string[];
}

const ROUTER = '192.168.7.1';
const OUTSIDE = [198, 18, 0, 9];
/** The router maps each port to another one, to show which of the two is reported. */
const SHIFT = 1_000;
const SSDP_PORT = 1_900;
const NAT_PMP_PORT = 5_351;
const DEVICE = 'urn:schemas-upnp-org:device:InternetGatewayDevice:2';
const CONNECTION = 'urn:schemas-upnp-org:service:WANIPConnection:2';

const asked: string[] = [];

function startUpnp(): void {
  const web = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const field = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(body)?.[1] ?? '';
    response.setHeader('content-type', 'text/xml; charset="utf-8"');
    const answer = (action: string, fields: string) =>
      response.end(
        `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><u:${action}Response xmlns:u="${CONNECTION}">${fields}</u:${action}Response></s:Body></s:Envelope>`,
      );
    const action = /#(\w+)/.exec(String(request.headers.soapaction))?.[1];
    if (action === 'AddAnyPortMapping') {
      const port = Number(field('NewInternalPort'));
      asked.push(`${action} ${field('NewInternalClient')}:${port}/${field('NewProtocol')}`);
      answer(action, `<NewReservedPort>${port + SHIFT}</NewReservedPort>`);
    } else if (action === 'GetExternalIPAddress')
      answer(action, `<NewExternalIPAddress>${OUTSIDE.join('.')}</NewExternalIPAddress>`);
    else if (action) answer(action, '');
    else
      response.end(
        `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device><deviceType>${DEVICE}</deviceType><UDN>uuid:1</UDN><serviceList><service><serviceType>${CONNECTION}</serviceType><serviceId>1</serviceId><controlURL>/control</controlURL><SCPDURL>/scpd</SCPDURL></service></serviceList></device></root>`,
      );
  });
  web.listen(0, ROUTER, () => {
    const { port } = web.address() as { port: number };
    const ssdp = createSocket({ type: 'udp4', reuseAddr: true });
    ssdp.bind(SSDP_PORT, '239.255.255.250', () => ssdp.addMembership('239.255.255.250', '192.168.7.2'));
    ssdp.on('message', (message, from) => {
      if (!message.toString().startsWith('M-SEARCH')) return;
      const lines = ['HTTP/1.1 200 OK', 'CACHE-CONTROL: max-age=1800', 'EXT:', `ST: ${DEVICE}`];
      lines.push(
        `USN: uuid:1::${DEVICE}`,
        `LOCATION: http://${ROUTER}:${port}/root.xml`,
        'SERVER: x UPnP/1.1 x',
        '',
        '',
      );
      ssdp.send(lines.join('\r\n'), from.port, from.address);
    });
  });
}

/** RFC 6886. */
function startNatPmp(): void {
  const socket = createSocket('udp4');
  socket.on('message', (request, from) => {
    const operation = request.readUInt8(1);
    const answer = Buffer.alloc(operation === 0 ? 12 : 16);
    answer.writeUInt8(128 + operation, 1);
    if (operation === 0) {
      asked.push('address');
      answer.set(OUTSIDE, 8);
    } else {
      const port = request.readUInt16BE(4);
      asked.push(`map ${operation === 1 ? 'UDP' : 'TCP'} ${port} for ${request.readUInt32BE(8)} s`);
      answer.writeUInt16BE(port, 8);
      answer.writeUInt16BE(port + SHIFT, 10);
      answer.writeUInt32BE(request.readUInt32BE(8), 12);
    }
    socket.send(answer, from.port, from.address);
  });
  socket.bind(NAT_PMP_PORT, ROUTER);
}

const isUpnp = process.argv[2] === 'upnp';
if (isUpnp) startUpnp();
else startNatPmp();
const mapping = createPortMapping(
  { enabled: true, ports: [50_200, 50_201] },
  { logger: silent, gateway: () => (isUpnp ? null : ROUTER) },
);
await mapping.start();
while (mapping.status().state === 'searching') await sleep(20);
const status = structuredClone(mapping.status());
await mapping.stop();
process.stdout.write(JSON.stringify({ status, asked } satisfies HomeNetworkReport));
process.exit(0);
