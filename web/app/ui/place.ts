/**
 * Says later whether the person is still where they are now: what an answer leads to is for those who waited for it, and takes
 * nobody away from where they went meanwhile.
 */
export function rememberPlace(): () => boolean {
  const { hash } = location;
  return () => location.hash === hash;
}
