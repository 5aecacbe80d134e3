import { GraphQLRequestError } from '@giggityflix/player';
import { request } from '../graphql.ts';
import { LIBRARIES, type Library } from './operations.ts';

/** None where the catalog has no libraries to choose from. */
export async function listLibraries(): Promise<Library[]> {
  try {
    return (await request(LIBRARIES)).libraries;
  } catch (error) {
    if (error instanceof GraphQLRequestError && error.code === 'GRAPHQL_VALIDATION_FAILED') return [];
    throw error;
  }
}
