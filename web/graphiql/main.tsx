import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import { exampleTabs } from './examples.ts';

const editor = {
  getWorker: (_id: string, label: string) =>
    new Worker(`/graphiql/${label === 'json' || label === 'graphql' ? label : 'editor'}.worker.js`),
};

Object.assign(globalThis, { MonacoEnvironment: editor });

const fetcher = createGraphiQLFetcher({
  url: '/graphql',
  subscriptionUrl: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
});

createRoot(document.getElementById('graphiql') as HTMLElement).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={exampleTabs()}
    defaultEditorToolsVisibility
    shouldPersistHeaders={false}
  />,
);
