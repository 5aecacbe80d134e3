/** Stands for packages that the pages do not use. */
export const queryRemoteFonts = async () => [];
