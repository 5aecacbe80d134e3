import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import { workerAddress } from './addresses.ts';
import { exampleTabs } from './examples.ts';

const editor = {
  getWorker: (_id: string, label: string) => new Worker(workerAddress(label)),
};

Object.assign(globalThis, { MonacoEnvironment: editor });

const fetcher = createGraphiQLFetcher({
  url: '/graphql',
  subscriptionUrl: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
});

const tabs = exampleTabs();
// What the visitor left is kept; only the first visit begins with the examples.
const isFirstVisit = localStorage.getItem('graphiql:tabState') === null;

createRoot(document.getElementById('graphiql') as HTMLElement).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={tabs}
    initialVariables={isFirstVisit ? tabs[0]?.variables : undefined}
    defaultEditorToolsVisibility
    shouldPersistHeaders={false}
  />,
);
