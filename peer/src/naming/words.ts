// cspell:disable: words of many languages and programs
/** Words that names are made of besides the title, as data: a word that is missing is added here, with a name in the tests. */

/** Words of releases that no title has: where the first of them stands, the title has ended. Dots count as spaces. */
const RELEASE_WORDS = [
  '(?:480|540|576|720|900|1080|1440|2160|4320)[pi](?:\\d{2,3})?',
  '\\d{3,4}x(?:480|540|576|720|800|1080|1440|2160)',
  '[48]K(?= |$|[\\])])|UHD|FHD|QHD',
  'Blu-?Ray|BD-?Rip|BR-?Rip|BD-?Remux|BDMV|BD(?=[ \\d])(?: ?\\d+p)?|UHDRip',
  'DVD-?Rip|DVD-?R|DVD[59]|DVD-?Scr|HD-?DVD|HD-?Rip|HDTV(?:Rip)?|[PSD]DTV|DSR(?:ip)?|TV-?Rip|SAT-?Rip|DVB-?Rip|VHS-?Rip|LD-?Rip',
  'WEB-?DL(?:Rip)?|WEB-?Rip|WEB-?Cap|HD-?TS|HD-?CAM|CAM-?Rip|TELESYNC|TELECINE|WORKPRINT|SCREENER',
  '[xh] ?\\.?26[45]|HEVC|XviD|DivX|MPEG-?2|VC-?1|AV1|VP9|(?:8|10|12)-?bits?|Hi10P?|HDR10(?:\\+|Plus)?|DoVi',
  'DTS(?:-?(?:HD|X|ES|MA))?|TrueHD|DDP? ?[257] ?\\.?[01]|DD\\+|E-?AC-?3|AC-?3|AAC(?: ?[1257] ?\\.?[01])?|FLAC(?= |$|[\\])])|LPCM',
];
/** The same, where only capitals make the difference to a word of a title. */
const RELEASE_CAPITALS = [
  'WEB|NF|AMZN|DSNP|HMAX|ATVP|HULU|PCOK|PMTP|iP|CR(?= WEB)|HDR|SDR|AVC|REMUX|Remux|CUSTOM(?= )|SUBBED|DUBBED',
];
const BOUNDARY_BEFORE = '(?<![\\p{L}\\p{N}])';
const BOUNDARY_AFTER = '(?![\\p{L}\\p{N}])';
const any = (words: readonly string[], flags: string) =>
  new RegExp(`${BOUNDARY_BEFORE}(?:${words.join('|')})${BOUNDARY_AFTER}`, flags);
export const RELEASE_WORD = any(RELEASE_WORDS, 'giu');
export const RELEASE_CAPITAL = any(RELEASE_CAPITALS, 'gu');

/** Words of an edition, a language or a release that titles have as well: they count only behind the year. */
export const SOFT_WORD = new RegExp(
  `^(?:${[
    "extended|uncut|unrated|uncensored|theatrical|director'?s?|directors|director’s|final|ultimate|special|collector'?s?|limited|anniversary|edition|cut|version|remastered|restored|restoration|redux|criterion|imax|open|matte|hybrid",
    'proper|repack\\d?|rerip|real|internal|read|nfo|retail|complete|dubbed|subbed|subs?|dub|dl|ml|multi\\d?|multisubs?|dual|audio|fansub|hardsub|softsub|vostfr|vost|vff|vfq|vfi|vf2?|truefrench|omu|dc|se|ce|oar|ws|fs|pal|ntsc|hsbs|sbs|hou|3d|half|ou',
    'english|eng|en|german|deutsch|ger|de|french|français|fra|fre|fr|spanish|español|castellano|latino|spa|es|italian|italiano|ita|it|russian|rus|ru|ukrainian|ukr|polish|polski|pol|pl|lektor|czech|cz|hungarian|hun|dutch|nl|danish|swedish|norwegian|finnish|nordic|portuguese|português|pt|br|brazilian|turkish|tr|greek|hebrew|arabic|persian|hindi|tamil|telugu|malayalam|kannada|bengali|punjabi|urdu|japanese|jpn|jap|ja|korean|kor|ko|chinese|chi|mandarin|cantonese|thai|vietnamese|indonesian|romanian|bulgarian|croatian|serbian|und',
    'bluray|dvd|vhs|tv|hd|sd|cam|ts|tc|r5|scr|line|md|ld|hc|hq|lq|rip|colou?r|colou?rized|bw|b&w|black|and|white|the|with|commentary|part|of|copy|hdr|sdr|4k|8k|web',
  ].join('|')})$`,
  'iu',
);

/** Folders that sort a library and name nothing in it. */
const GENERIC_FOLDER = new RegExp(
  `^(?:(?:my|our|all|new|old|hd|uhd|4k|other|english|foreign|finished|watched|unwatched|kids?|family|home|local|shared?|the) ?)*(?:${[
    'movies?|films?|filme|cinema|kino|фильмы|сериалы|мультфильмы|видео|電影|电影|映画|アニメ|ドラマ|剧集|電視劇|电视剧|动漫|動漫|영화|드라마|애니|аниме|дорамы|мультсериалы|передачи|filmy|filmer|filmler|seriale|serier|diziler|bajki|vidéos|vídeos|videolar|aufnahmen|sendungen|enregistrements|grabaciones|registrazioni|documentaires|документальное|películas|peliculas|filmes|series|serien|séries|serie|sorozatok|tv|tv[ -]?shows?|tv[ -]?series|shows|episodes|anime|cartoons?|animation|videos?|movs?|clips?|media|medien|data|files?|library|libraries|collection|archive|backups?|downloads?|downloaded|загрузки|téléchargements|descargas|scaricati|ダウンロード|下载|下載|다운로드|stuff|things|recent(?:ly)?(?: added| watched)?|(?:usb|external|flash|hard|thumb|network)[ _-]?(?:drive|disk|stick|hdd|ssd)?|(?:seagate|wd|western digital|toshiba|samsung|sandisk|lacie|maxtor)(?: .*)?|my passport|elements|incoming|completed?|incomplete|seeding|torrents?|usenet|nzb|unsorted|sorted|misc|miscellaneous|various|temp|tmp|test|tests|(?:new folder|neuer ordner|untitled folder|nouveau dossier|nueva carpeta|nova pasta|nuova cartella|новая папка|nowy folder|nieuwe map|ny mapp?e?|uusi kansio|nová složka|új mappa|yeni klasör|새 폴더|新しいフォルダー|新建文件夹|新增資料夾)(?: ?[(（]?\\d+[)）]?)?|public|private|shared?|documents?|desktop|pictures|photos?|camera(?: roll| uploads)?|dcim|\\d{3}[a-z_]{3,5}|whatsapp(?: video)?|telegram|phone|iphone|android|gopro|recordings?|recorded|captures?|home|mnt|volumes?|disk\\d*|disc\\d*|drive\\d*|nas\\d*|usb|hdd\\d*|srv|storage|root|user|users|ebooks|music|concerts?|music ?videos?|sports?|documentar(?:y|ies)|docs?|dokus?|lectures?|courses?|tutorials?|stand-?up|comed(?:y|ies)|drama|action|horror|thriller|sci-?fi|science fiction|fantasy|romance|crime|mystery|western|war|history|biography|adventure|musicals?|kids|family|children|adult|classics?|favou?rites?|holidays?|vacations?|birthdays?|weddings?|daily|news|talk ?shows?|reality|foreign|to ?watch|watched|rips?|dvds?|blu-?rays?|1080p|720p|2160p|4k|uhd|hd|sd|3d|vol \\d+|[a-z#]|0-9|[a-z] ?- ?[a-z]|\\d{1,8}|(?:19|20)\\d0s|\\d{4}[-_. ]\\d{2}(?:[-_. ]\\d{2})?|january|february|march|april|may|june|july|august|september|october|november|december|english|german|french|spanish|italian|japanese|korean|chinese|hindi|russian|subs?|subtitles',
  ].join('|')})$`,
  'iu',
);
export const isGenericFolder = (name: string): boolean => GENERIC_FOLDER.test(name.trim());

/** Words that count or sort, and name nothing: those of devices and programs too. */
const COUNTING =
  'movie|film|video|vid|clip|feature|title|track|untitled|unknown|test|temp|tmp|sample|trailer|teaser|episode|epis|ep|eps|e|folge|part|pt|teil|partie|parte|vol|volume|cd|disc|disk|dvd|bd|season|series|staffel|saison|s|chapter|chap|ch|section|img|mvi|mov|dsc|dscn|dscf|copy|file|recording|rec|screen|screencast|capture|output|render|ova|oad|ona|ncop|nced|pv|tv|lesson|lecture|pilot|new|серия|эпизод|фильм|видео|сезон|第|集|話|话|回|季|映画|動画|the|a|an|of';
/** Words of what people record themselves, and of what comes with films. */
const PRIVATE =
  'main|new|lecture|lec|lesson|session|class|week|day|module|unit|tutorial|exercise|intro|introduction|outro|opening|ending|making|behind|and|scenes?|deleted|bonus|extras?|special|specials|featurette|interview|interviews|bloopers|outtakes|record|camera|cam|webcam|final|draft|edit|edited|export|project|sequence|take|shot|media|stream|live|full|pilot|finale|birthday|christmas|xmas|wedding|holiday|holidays|vacation|party|trip|summer|winter|easter|halloween|graduation|family|beach|school|baby|kids|home|zoom|meeting|urlaub|hochzeit|weihnachten|geburtstag|ferien|mariage|vacances|anniversaire|noël|boda|navidad|cumpleaños|день|рождения|свадьба|отпуск|семья|семейное|новый|год|новогодний|рождество|выпускной|дача|compleanno|natale|matrimonio|vacanze|vacaciones|verano|été|sommer|ostern|silvester|klassenfahrt|konfirmation|taufe|bröllop|jul|urodziny|wesele|wakacje|święta|doğum|günü|düğün|tatil|結婚|结婚|結婚式|婚礼|誕生日|生日|旅行|運動会|家族|春节|생일|결혼식|여행|news|nachrichten|sermon|service|recital|rehearsal|practice';
const COUNTING_WORD = new RegExp(`^(?:${COUNTING})$`, 'iu');
const GENERIC_WORD = new RegExp(`^(?:${COUNTING}|${PRIVATE})$`, 'iu');

/** Whether a name says nothing of what it names: generic words and numbers alone. */
export const isGenericName = (name: string): boolean => consistsOf(name, GENERIC_WORD);
/** The same, of words that count: "Extras S01E01" is a show's, "Part S01E01" nobody's. */
export const isCountingName = (name: string): boolean => consistsOf(name, COUNTING_WORD);

function consistsOf(name: string, words: RegExp): boolean {
  return (name.match(/\p{L}+|\p{N}+/gu) ?? []).every((word) => /^\p{N}+$/u.test(word) || words.test(word));
}

/** What one's own recordings and single parts are called; with a year they are still nobody's work. */
const COMMON_NAME = new RegExp(
  `^(?:${[
    '(?:cd|disc|disk|dvd|episode|ep|folge|lecture|lesson|vorlesung|week|sample|trailer|teaser|untitled|unknown|video|recording|new recording|home video|серия|видео|без названия)(?: ?\\d+)?|(?:part|pt|teil|partie|parte|часть|day|tag|jour) ?\\d+',
    "(?:our |my |the )?(?:christmas|xmas|birthday|wedding|new year(?:’s|'?s)?(?: eve| party)?|christmas (?:day|eve|party|morning)|birthday party|family (?:holiday|vacation|trip|reunion|christmas))(?: video| movie)?",
    'weihnachten|heiligabend|geburtstag|hochzeit|urlaub|(?:sommer|winter)?ferien|silvester|ostern|taufe|noël|anniversaire|mariage|vacances|navidad|cumpleaños|boda|vacaciones|natale|compleanno|matrimonio|vacanze|urodziny|wesele|wakacje|święta',
    'свадьба|отпуск|семья|день рождения|новый год|рождество|結婚式?|结婚|婚礼|誕生日|生日|旅行|生日派对|運動会|春节|생일|결혼식|여행',
  ].join('|')})$`,
  'iu',
);
export const isCommonName = (name: string): boolean => COMMON_NAME.test(name.trim());
