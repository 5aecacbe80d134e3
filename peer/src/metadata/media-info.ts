export interface MediaTrack {
  kind: 'video' | 'audio' | 'subtitle';
  codec: string | null;
  /** ISO 639-2/T; null when not known. */
  language: string | null;
  width?: number;
  height?: number;
  channels?: number;
  name?: string;
}

export interface Chapter {
  title: string | null;
  startSeconds: number;
  /** Null where the file does not say. */
  endSeconds: number | null;
}

/** What is known of a film; null where the file does not say. */
export interface MediaInfo {
  title: string;
  year: number | null;
  season: number | null;
  episode: number | null;
  kind: 'MOVIE' | 'EPISODE' | 'CLIP';
  container: string | null;
  mimeType: string;
  videoCodec: string | null;
  audioCodec: string | null;
  durationSeconds: number | null;
  width: number | null;
  height: number | null;
  language: string | null;
  tracks: MediaTrack[];
  chapters: Chapter[];
  /** Names of subtitle files beside the film. */
  subtitles: string[];
}
