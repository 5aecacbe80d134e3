/** What operators look after, as GraphQL has it: accounts, invitations, libraries and peers of a fake gateway. */
export function createFakeOperations() {
  const now = new Date().toISOString();
  const pageOf = <T>(nodes: T[]) => ({
    edges: nodes.map((node) => ({ node, cursor: 'x' })),
    pageInfo: { hasNextPage: false, endCursor: null },
  });
  const account = (id: string, name: string, role: string) => ({
    id,
    name,
    login: `${name.toLowerCase()}@example.org`,
    role,
    state: 'ACTIVE',
    plan: null as string | null,
    libraries: null as string[] | null,
    createdAt: now,
    profiles: [],
    devices: [],
  });
  const accounts = [account('account-1', 'Anna', 'OWNER'), account('account-2', 'Ben', 'MEMBER')];
  const invitations: Record<string, unknown>[] = [];
  const peerInvitations: object[] = [];
  const libraries: { id: string; name: string; peers: string[]; folders: object[] }[] = [];
  const members = [
    { peerId: 'peer-1', name: 'Attic', membership: 'APPROVED', since: now },
    { peerId: 'peer-2', name: null as string | null, membership: 'PENDING', since: now },
  ];
  const decide = (peerId: string, membership: string) => {
    const member = members.find((each) => each.peerId === peerId)!;
    member.membership = membership;
    return { member };
  };
  return {
    accounts,
    invitations,
    libraries,
    members,
    peerInvitations,
    root: {
      accounts: () => pageOf(accounts),
      accountInvitations: () => pageOf(invitations),
      createAccountInvitation({ input }: { input: Record<string, unknown> }) {
        const invitation = {
          libraries: null,
          ...input,
          id: `invitation-${invitations.length + 1}`,
          state: 'OPEN',
          createdAt: now,
          expiresAt: new Date(Date.now() + 86_400_000 * 7).toISOString(),
          account: null,
        };
        invitations.unshift(invitation);
        return { invitation, link: 'https://home.example.org/invitation/secret', error: null };
      },
      revokeAccountInvitation({ id }: { id: string }) {
        const invitation = invitations.find((each) => each.id === id)!;
        invitation.state = 'REVOKED';
        return { invitation, link: null, error: null };
      },
      updateAccount({ id, input }: { id: string; input: { role?: string } }) {
        if (input.role && id === 'account-1' && input.role !== 'OWNER')
          return { account: null, error: { code: 'LAST_OWNER', message: 'The last owner stays one.' } };
        return { account: Object.assign(accounts.find((each) => each.id === id)!, input), error: null };
      },
      libraries: () => libraries,
      saveLibrary({ input }: { input: (typeof libraries)[number] }) {
        const index = libraries.findIndex(({ id }) => id === input.id);
        if (index >= 0) libraries[index] = input;
        else libraries.push(input);
        return { library: input };
      },
      deleteLibrary({ id }: { id: string }) {
        const index = libraries.findIndex((library) => library.id === id);
        if (index >= 0) libraries.splice(index, 1);
        return { deleted: index >= 0 };
      },
      peers: () => pageOf([]),
      peerMembers: () => pageOf(members),
      createPeerInvitation({ input }: { input: object }) {
        peerInvitations.push(input);
        return { link: 'giggityflix-peer:secret' };
      },
      approvePeer: ({ peerId }: { peerId: string }) => decide(peerId, 'APPROVED'),
      revokePeer: ({ peerId }: { peerId: string }) => decide(peerId, 'REVOKED'),
    },
  };
}
