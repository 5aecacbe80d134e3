const SVG = 'http://www.w3.org/2000/svg';
/** Modules of white around the code (ISO/IEC 18004). */
const QUIET = 4;

/** Draws a QR code as a picture with a text for those who do not see it. */
export async function drawQrCode(text: string, label: string): Promise<SVGSVGElement> {
  // CommonJS, which has one export for a bundler.
  const { default: qrcode } = await import('qrcode');
  const { modules } = qrcode.create(text, { errorCorrectionLevel: 'M' });
  const size = modules.size + 2 * QUIET;
  const svg = document.createElementNS(SVG, 'svg');
  for (const [name, value] of Object.entries({
    viewBox: `0 0 ${size} ${size}`,
    class: 'qr-code',
    role: 'img',
    'aria-label': label,
    'shape-rendering': 'crispEdges',
  }))
    svg.setAttribute(name, value);
  const background = document.createElementNS(SVG, 'rect');
  background.setAttribute('width', String(size));
  background.setAttribute('height', String(size));
  background.setAttribute('fill', '#fff');
  const path = document.createElementNS(SVG, 'path');
  let drawn = '';
  for (let row = 0; row < modules.size; row += 1)
    for (let column = 0; column < modules.size; column += 1)
      if (modules.get(row, column)) drawn += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
  path.setAttribute('d', drawn);
  path.setAttribute('fill', '#000');
  svg.append(background, path);
  return svg;
}
