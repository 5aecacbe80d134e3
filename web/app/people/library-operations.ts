/** A part of the catalog, by whose the files are: what an account may be limited to. */
export interface Library {
  id: string;
  name: string;
  /** All of whose files are in it. */
  peers: string[];
  folders: { peerId: string; folder: string }[];
}

const LIBRARY = /* GraphQL */ `
  fragment LibraryDetails on Library {
    id name peers folders { peerId folder }
  }`;

export const LIBRARIES = /* GraphQL */ `
  query Libraries {
    libraries { ...LibraryDetails }
  }
  ${LIBRARY}`;

export const SAVE_LIBRARY = /* GraphQL */ `
  mutation SaveLibrary($input: SaveLibraryInput!) {
    outcome: saveLibrary(input: $input) { library { ...LibraryDetails } }
  }
  ${LIBRARY}`;

export const DELETE_LIBRARY = /* GraphQL */ `
  mutation DeleteLibrary($id: ID!) {
    outcome: deleteLibrary(id: $id) { deleted }
  }`;
