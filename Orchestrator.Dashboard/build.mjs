// Builds dist/ from the sources, always the same bytes from the same sources, and records what it was built from in dist/SOURCES.sha256.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/assets', { recursive: true });
const { metafile } = await build({
  entryPoints: ['src/main.ts', 'src/style.css'],
  entryNames: '[name]-[hash]',
  outdir: 'dist/assets',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
});
const built = Object.keys(metafile.outputs).map(path => path.replace('dist/', ''));
const icon = readFileSync('src/icon.svg');
const iconPath = `assets/icon-${sha256(icon).slice(0, 8).toUpperCase()}.svg`;
writeFileSync(`dist/${iconPath}`, icon);

const page = readFileSync('src/index.html', 'utf8')
  .replace('{{script}}', built.find(path => path.endsWith('.js')))
  .replace('{{style}}', built.find(path => path.endsWith('.css')))
  .replace('{{icon}}', iconPath);
writeFileSync('dist/index.html', page);

const sources = ['build.mjs', 'package-lock.json', 'package.json', 'tsconfig.json', ...readdirSync('src').map(name => `src/${name}`)].sort();
writeFileSync('dist/SOURCES.sha256', sources.map(path => `${sha256(readFileSync(path))}  ${path}\n`).join(''));
