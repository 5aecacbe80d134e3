-- A clip's title is its own: files that shared one because they are called alike get theirs when their holders announce them.
UPDATE "MediaFile" SET "digest" = NULL
WHERE "titleId" IN (SELECT "id" FROM "Title" WHERE "kind" = 'CLIP');
