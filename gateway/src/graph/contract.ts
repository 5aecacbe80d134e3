import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DefinitionNode,
  type DocumentNode,
  Kind,
  parse,
  print,
  type SchemaExtensionNode,
  type TypeDefinitionNode,
  visit,
} from 'graphql';
import { type Hidden, hideUnreachable } from './reachable.ts';

/** Which of a supergraph's elements clients see, by their `@tag`s. An excluded tag wins over an included one. */
export interface Contract {
  /** Fields and unions without any of these are hidden; empty hides nothing. */
  readonly include: readonly string[];
  /** What has any of these is hidden. */
  readonly exclude: readonly string[];
}

const TAG = 'https://specs.apollo.dev/tag/';
const INACCESSIBLE = 'https://specs.apollo.dev/inaccessible/';
const [LINK_INACCESSIBLE, ...DEFINE_INACCESSIBLE] = inaccessible();

function inaccessible(): [readonly ConstDirectiveNode[], ...DefinitionNode[]] {
  const { definitions } = parse(
    `extend schema @link(url: "${INACCESSIBLE}v0.2", for: SECURITY)
    directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION`,
    { noLocation: true },
  );
  const [schema, ...others] = definitions;
  return [(schema as SchemaExtensionNode).directives ?? [], ...others];
}

/**
 * The supergraph with `@inaccessible` on what the contract hides: clients do not see it, plans may use it. By the rules of
 * Apollo's contracts: the tags of an object or interface are those of its fields too, those of a field its arguments' when
 * they have none; enums, inputs and scalars are there unless excluded. Types that nothing leads to any more are hidden.
 */
export function contractOf(sdl: string, contract: Contract): string {
  const document = parse(sdl, { noLocation: true });
  const names = { tag: nameOf(document, TAG), inaccessible: nameOf(document, INACCESSIBLE) };
  const hidden: Hidden = new Set();
  const types = typesOf(document);
  for (const type of types) select(type, { ...contract, tag: names.tag }, hidden);
  hideUnreachable(types, hidden);
  if (hidden.size === 0) return sdl;
  return print(mark(document, hidden, names.inaccessible));
}

/** The types of the subgraphs. Those with the name of a linked feature before `__` belong to its directives. */
function typesOf(document: DocumentNode): TypeDefinitionNode[] {
  const features = new Set(linksOf(document).map(({ name }) => name));
  return document.definitions.filter(
    (definition): definition is TypeDefinitionNode =>
      'name' in definition &&
      definition.kind.endsWith('TypeDefinition') &&
      !isOfFeature(definition.name?.value ?? '', features),
  );
}

function isOfFeature(type: string, features: ReadonlySet<string>): boolean {
  const end = type.indexOf('__');
  return end !== -1 && features.has(type.slice(0, end));
}

interface Selection extends Contract {
  readonly tag: string | null;
}

function select(type: TypeDefinitionNode, by: Selection, hidden: Hidden): void {
  const isExcluded = (tags: readonly string[]) => tags.some((tag) => by.exclude.includes(tag));
  const isIncluded = (tags: readonly string[]) =>
    by.include.length === 0 || tags.some((tag) => by.include.includes(tag));
  const own = tagsOf(type, by.tag);
  if (isExcluded(own)) hidden.add(type);
  switch (type.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      for (const field of type.fields ?? []) {
        const tags = [...own, ...tagsOf(field, by.tag)];
        if (isExcluded(tags) || !isIncluded(tags)) hidden.add(field);
        for (const argument of field.arguments ?? []) {
          const named = tagsOf(argument, by.tag);
          if (named.length > 0 && (isExcluded(named) || !isIncluded(named))) hidden.add(argument);
        }
      }
      if (type.fields?.every((field) => hidden.has(field))) hidden.add(type);
      return;
    case Kind.UNION_TYPE_DEFINITION:
      if (!isIncluded(own)) hidden.add(type);
      return;
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      for (const field of type.fields ?? []) if (isExcluded(tagsOf(field, by.tag))) hidden.add(field);
      return;
    case Kind.ENUM_TYPE_DEFINITION:
      for (const value of type.values ?? []) if (isExcluded(tagsOf(value, by.tag))) hidden.add(value);
  }
}

function tagsOf(
  { directives = [] }: { readonly directives?: readonly ConstDirectiveNode[] | undefined },
  tag: string | null,
): string[] {
  return directives.flatMap(({ name, arguments: given }) => {
    const value = given?.[0]?.value;
    return name.value === tag && value?.kind === Kind.STRING ? [value.value] : [];
  });
}

/** What a feature's directive is called in a supergraph; null for one it does not link. */
function nameOf(document: DocumentNode, url: string): string | null {
  const feature = url.split('/').at(-2)!;
  const link = linksOf(document).find((one) => one.url.startsWith(url));
  return link ? (importedAs(link.imported, `@${feature}`)?.slice(1) ?? link.name) : null;
}

interface Link {
  readonly url: string;
  /** What it is called in the supergraph. */
  readonly name: string;
  readonly imported: ConstValueNode | undefined;
}

function linksOf(document: DocumentNode): Link[] {
  return document.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.SCHEMA_DEFINITION) return [];
    return (definition.directives ?? []).flatMap((link): Link[] => {
      const given = new Map(link.arguments?.map(({ name, value }) => [name.value, value]));
      const url = textOf(given.get('url'));
      if (url === undefined) return [];
      // The name is followed by a version.
      const name = textOf(given.get('as')) ?? url.split('/').at(-2)!;
      return [{ url, name, imported: given.get('import') }];
    });
  });
}

function importedAs(list: ConstValueNode | undefined, name: string): string | undefined {
  if (list?.kind !== Kind.LIST) return undefined;
  for (const one of list.values) {
    if (textOf(one) === name) return name;
    if (one.kind !== Kind.OBJECT) continue;
    const fields = new Map(one.fields.map((field) => [field.name.value, textOf(field.value)]));
    if (fields.get('name') === name) return fields.get('as') ?? name;
  }
  return undefined;
}

function textOf(value: ConstValueNode | undefined): string | undefined {
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function mark(document: DocumentNode, hidden: Hidden, linked: string | null): DocumentNode {
  const directive: ConstDirectiveNode = {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: linked ?? 'inaccessible' },
  };
  const marked = visit(document, {
    enter(node) {
      if (node.kind === Kind.SCHEMA_DEFINITION && linked === null)
        return { ...node, directives: [...(node.directives ?? []), ...LINK_INACCESSIBLE] };
      if (!hidden.has(node)) return undefined;
      const { directives = [] } = node as TypeDefinitionNode;
      if (directives.some(({ name }) => name.value === directive.name.value)) return undefined;
      return { ...node, directives: [...directives, directive] };
    },
  });
  return linked === null
    ? { ...marked, definitions: [...marked.definitions, ...DEFINE_INACCESSIBLE] }
    : marked;
}
