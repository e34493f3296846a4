import { join } from 'node:path';

const list = (title, ...pages) => ({ text: title, items: pages.map(([text, link]) => ({ text, link })) });
const guides = [
  'getting-started',
  'authentication',
  'middleware',
  'rooms',
  'errors',
  'long-jobs',
  'rate-limits',
  'logging',
  'opentelemetry',
  'admin-ui',
  'flight-recorder',
  'services',
  'http-frameworks',
];

export default {
  title: 'Colloquy',
  description: 'Socket.IO controllers for TypeScript',
  srcDir: join(import.meta.dirname, '../../../.build/site/pages'),
  cacheDir: join(import.meta.dirname, '../../../.build/site/cache'),
  rewrites: (page) => page.replace(/(^|\/)README\.md$/, '$1index.md'),
  metaChunk: true,
  ignoreDeadLinks: 'localhostLinks',
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Getting started', link: '/docs/guides/getting-started' },
      { text: 'Reference', link: '/api/' },
    ],
    sidebar: [
      list('Guides', ...guides.map((guide) => [guide.replaceAll('-', ' '), `/docs/guides/${guide}`])),
      list(
        'Look up',
        ['options', '/docs/options'],
        ['decorators and parameters', '/docs/decorators'],
        ['limits', '/docs/limits'],
        ['boot errors', '/docs/boot-errors'],
        ['emissions', '/docs/emissions'],
        ['the contract', '/docs/contract'],
        ['the command', '/docs/command'],
        ['testing', '/docs/testing'],
        ['toolchains', '/docs/toolchains'],
        ['API reference', '/api/'],
      ),
      list(
        'Run it',
        ['deployment', '/docs/deployment'],
        ['operating', '/docs/operating'],
        ['scaling', '/docs/scaling'],
        ['the bus', '/docs/bus'],
      ),
      list(
        'Come from elsewhere',
        ['Flask-SocketIO', '/docs/from-flask-socketio'],
        ['NestJS', '/docs/from-nestjs'],
        ['socket-controllers', '/docs/from-socket-controllers'],
      ),
    ],
  },
};
