const SVG = 'http://www.w3.org/2000/svg';

/** A face of circles and paths in a square of 100, over its own colour. */
interface Drawing {
  label: string;
  ground: string;
  shapes: readonly Shape[];
}
type Shape = { fill: string } & (
  | { path: string }
  | { circle: readonly [x: number, y: number, radius: number] }
);

const dark = '#1b1622';
const circle = (fill: string, x: number, y: number, radius: number): Shape => ({
  fill,
  circle: [x, y, radius],
});
const path = (fill: string, d: string): Shape => ({ fill, path: d });
const pair = (fill: string, x: number, y: number, radius: number) => [
  circle(fill, 50 - x, y, radius),
  circle(fill, 50 + x, y, radius),
];
const eyes = (x: number, y: number, radius = 4.5) => pair(dark, x, y, radius);

/** The pictures there are, by the names that profiles have them by. */
export const PICTURES: Readonly<Record<string, Drawing>> = {
  fox: {
    label: 'Fox',
    ground: '#3a2a63',
    shapes: [
      path('#f08a3c', 'M18 16 42 34H58L82 16 84 54 50 88 16 54Z'),
      path('#fff4e6', 'M17 52 42 62 50 88 16 55ZM83 52 58 62 50 88 84 55Z'),
      ...eyes(16, 50),
      circle(dark, 50, 82, 6),
    ],
  },
  cat: {
    label: 'Cat',
    ground: '#1e4d5c',
    shapes: [
      path('#c9ccd8', 'M20 14 42 32H58L80 14 82 58Q82 84 50 86 18 84 18 58Z'),
      path('#f2a7b5', 'M45 62H55L50 69Z'),
      ...pair('#58c48a', 16, 50, 7),
      ...eyes(16, 50, 3.5),
      path(dark, 'M50 69Q44 78 38 73L39 71Q45 74 49 67ZM50 69Q56 78 62 73L61 71Q55 74 51 67Z'),
    ],
  },
  bear: {
    label: 'Bear',
    ground: '#5c3a1e',
    shapes: [
      ...pair('#a87444', 26, 28, 14),
      ...pair('#e0b98f', 26, 28, 7),
      circle('#a87444', 50, 54, 34),
      circle('#e0b98f', 50, 66, 16),
      ...eyes(14, 47),
      path(dark, 'M43 58H57L50 67Z'),
    ],
  },
  owl: {
    label: 'Owl',
    ground: '#20305f',
    shapes: [
      path('#8b6dff', 'M20 18 50 30 80 18 82 62Q78 88 50 88 22 88 18 62Z'),
      ...pair('#fff', 16, 48, 15),
      ...eyes(16, 48, 7),
      path('#f5b942', 'M44 58H56L50 70Z'),
    ],
  },
  frog: {
    label: 'Frog',
    ground: '#14532d',
    shapes: [
      ...pair('#6fce6a', 20, 32, 15),
      path('#6fce6a', 'M12 60Q12 34 50 34T88 60Q88 84 50 84T12 60Z'),
      ...pair('#fff', 20, 31, 9),
      ...eyes(20, 31, 5),
      path(dark, 'M26 62Q50 78 74 62L73 66Q50 83 27 66Z'),
    ],
  },
  penguin: {
    label: 'Penguin',
    ground: '#2b6ca3',
    shapes: [
      circle('#1d2230', 50, 52, 37),
      ...pair('#fff', 13, 50, 18),
      path('#fff', 'M26 58H74Q72 84 50 85 28 84 26 58Z'),
      ...eyes(13, 48),
      path('#f5a23c', 'M41 58H59L50 68Z'),
    ],
  },
  rabbit: {
    label: 'Rabbit',
    ground: '#7a2f57',
    shapes: [
      path('#f4eef2', 'M30 42Q22 8 36 6 46 8 46 40ZM70 42Q78 8 64 6 54 8 54 40Z'),
      path('#f2a7b5', 'M34 36Q29 14 36 13 41 16 42 36ZM66 36Q71 14 64 13 59 16 58 36Z'),
      circle('#f4eef2', 50, 61, 29),
      ...eyes(12, 56),
      path('#f2a7b5', 'M45 66H55L50 72Z'),
    ],
  },
  panda: {
    label: 'Panda',
    ground: '#46603a',
    shapes: [
      ...pair(dark, 28, 26, 13),
      circle('#f7f7f2', 50, 54, 35),
      ...pair(dark, 15, 50, 10),
      ...pair('#fff', 14, 49, 4),
      path(dark, 'M43 64H57L50 72Z'),
    ],
  },
  dog: {
    label: 'Dog',
    ground: '#2f5d8a',
    shapes: [
      path('#8a5a34', 'M22 24Q8 30 10 58 12 70 24 66L34 32ZM78 24Q92 30 90 58 88 70 76 66L66 32Z'),
      path('#d9a066', 'M26 30Q50 16 74 30 84 52 72 74 50 94 28 74 16 52 26 30Z'),
      circle('#f4e2cb', 50, 68, 17),
      ...eyes(14, 48),
      path(dark, 'M41 58H59Q58 68 50 68T41 58Z'),
    ],
  },
  lion: {
    label: 'Lion',
    ground: '#6b2f1a',
    shapes: [
      circle('#b5651d', 50, 51, 42),
      ...pair('#f2b54a', 24, 30, 9),
      circle('#f2b54a', 50, 53, 30),
      circle('#ffe3ad', 50, 66, 13),
      ...eyes(12, 47),
      path(dark, 'M43 58H57L50 67Z'),
    ],
  },
  tiger: {
    label: 'Tiger',
    ground: '#1f4a3a',
    shapes: [
      ...pair('#ee8b2d', 26, 27, 12),
      circle('#ee8b2d', 50, 53, 35),
      path(
        dark,
        'M44 18H56L50 36ZM15 46 30 50 16 56ZM85 46 70 50 84 56ZM19 64 32 63 24 73ZM81 64 68 63 76 73Z',
      ),
      circle('#fff1df', 50, 68, 15),
      ...eyes(13, 47),
      path('#f2a7b5', 'M44 60H56L50 68Z'),
    ],
  },
  koala: {
    label: 'Koala',
    ground: '#4a3f6b',
    shapes: [
      ...pair('#9aa3b2', 32, 36, 19),
      ...pair('#e7c3cf', 32, 36, 10),
      circle('#9aa3b2', 50, 55, 31),
      ...eyes(15, 49),
      path(dark, 'M43 52Q50 42 57 52V66Q50 76 43 66Z'),
    ],
  },
  bee: {
    label: 'Bee',
    ground: '#3f6b2a',
    shapes: [
      ...pair('#dcecf7', 27, 36, 18),
      path(dark, 'M38 26Q30 14 28 8L32 7Q36 16 44 24ZM62 26Q70 14 72 8L68 7Q64 16 56 24Z'),
      circle('#f7c948', 50, 55, 33),
      path(dark, 'M20 66Q50 76 80 66L76 75Q50 84 24 75ZM31 82Q50 88 69 82 60 89 50 89T31 82Z'),
      ...eyes(13, 47, 5.5),
      path(dark, 'M38 58Q50 68 62 58L61 61Q50 72 39 61Z'),
    ],
  },
  bird: {
    label: 'Bird',
    ground: '#7a4a12',
    shapes: [
      path('#4aa3df', 'M50 6Q58 12 54 22H46Q42 14 50 6Z'),
      circle('#4aa3df', 50, 53, 34),
      path('#ffd9a0', 'M26 66Q50 50 74 66 66 87 50 87T26 66Z'),
      ...pair('#fff', 15, 45, 9),
      ...eyes(15, 45),
      path('#f5a23c', 'M40 54H60L50 68Z'),
    ],
  },
  fish: {
    label: 'Fish',
    ground: '#0f4c75',
    shapes: [
      path('#ff8c61', 'M66 50 92 28Q86 50 92 72Z'),
      path('#ff8c61', 'M8 51Q26 22 52 24 72 28 78 51 70 76 52 78 26 80 8 51Z'),
      path('#fff4e6', 'M36 28Q46 50 36 75L45 78Q56 50 45 24ZM60 26Q68 50 60 76L67 71Q74 50 67 31Z'),
      circle('#fff', 25, 46, 7),
      circle(dark, 24, 46, 4),
      path(dark, 'M12 57Q18 62 24 59L24 62Q17 65 11 59Z'),
    ],
  },
  whale: {
    label: 'Whale',
    ground: '#155e63',
    shapes: [
      path('#cfe9f5', 'M44 30Q32 8 24 20 32 12 40 32ZM44 30Q56 8 64 20 56 12 48 32Z'),
      path('#5b7fd6', 'M8 62Q12 34 44 34 72 36 78 58 86 54 82 40 94 42 92 54 92 82 60 86 10 90 8 62Z'),
      path('#dfe8ff', 'M9 68Q36 78 66 72 58 86 42 87 14 86 9 68Z'),
      circle('#fff', 28, 55, 6),
      circle(dark, 27, 55, 3.5),
    ],
  },
};

/** The picture of a profile, or its first letter; drawn alone beside its name, so that it says nothing itself. */
export function drawPicture({ name, picture }: { name: string; picture: string | null }): SVGSVGElement {
  const drawing = PICTURES[picture ?? ''];
  const svg = create('svg', { viewBox: '0 0 100 100', class: 'picture', 'aria-hidden': 'true' });
  svg.append(create('rect', { width: 100, height: 100, fill: drawing?.ground ?? groundOf(name) }));
  for (const shape of drawing?.shapes ?? [])
    if ('path' in shape) svg.append(create('path', { d: shape.path, fill: shape.fill }));
    else {
      const [cx, cy, r] = shape.circle;
      svg.append(create('circle', { cx, cy, r, fill: shape.fill }));
    }
  if (!drawing) {
    const letter = create('text', { x: 50, y: 68, 'text-anchor': 'middle', 'font-size': 52, fill: '#fff' });
    letter.textContent = [...name][0]?.toUpperCase() ?? '';
    svg.append(letter);
  }
  return svg as SVGSVGElement;
}

function create(tag: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/** The same colour for the same name. */
function groundOf(name: string): string {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 360, 7);
  return `hsl(${hue} 45% 32%)`;
}
