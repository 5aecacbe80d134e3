-- What titles are found by. Written with a title, and gone with it.
CREATE TABLE "TitleSearch" (
    "rank" INTEGER NOT NULL PRIMARY KEY,
    "titleId" TEXT NOT NULL,
    "full" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "names" TEXT NOT NULL,
    "more" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "rules" INTEGER NOT NULL,
    CONSTRAINT "TitleSearch_titleId_fkey" FOREIGN KEY ("titleId") REFERENCES "Title" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "TitleSearch_titleId_key" ON "TitleSearch"("titleId");
CREATE INDEX "TitleSearch_name_idx" ON "TitleSearch"("name", "full", "titleId");

-- Terms are folded and apart by spaces; whatever is not ASCII is a part of one.
CREATE VIRTUAL TABLE "TitleIndex" USING fts5("names", "more", content='TitleSearch', content_rowid='rank', tokenize='ascii', prefix='1 2 3', detail='column', columnsize=0);
CREATE TRIGGER "TitleSearch_inserted" AFTER INSERT ON "TitleSearch" BEGIN
    INSERT INTO "TitleIndex"("rowid", "names", "more") VALUES (new."rank", new."names", new."more");
END;
CREATE TRIGGER "TitleSearch_deleted" AFTER DELETE ON "TitleSearch" BEGIN
    INSERT INTO "TitleIndex"("TitleIndex", "rowid", "names", "more") VALUES ('delete', old."rank", old."names", old."more");
END;
CREATE TRIGGER "TitleSearch_updated" AFTER UPDATE ON "TitleSearch" BEGIN
    INSERT INTO "TitleIndex"("TitleIndex", "rowid", "names", "more") VALUES ('delete', old."rank", old."names", old."more");
    INSERT INTO "TitleIndex"("rowid", "names", "more") VALUES (new."rank", new."names", new."more");
END;

-- Words of names, and of people, that a misspelt one may mean.
CREATE TABLE "SearchWord" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "word" TEXT NOT NULL
);
CREATE UNIQUE INDEX "SearchWord_word_key" ON "SearchWord"("word");
CREATE VIRTUAL TABLE "SearchWordIndex" USING fts5("word", content='SearchWord', content_rowid='id', tokenize='trigram case_sensitive 1');
CREATE TRIGGER "SearchWord_inserted" AFTER INSERT ON "SearchWord" BEGIN
    INSERT INTO "SearchWordIndex"("rowid", "word") VALUES (new."id", new."word");
END;
CREATE TRIGGER "SearchWord_deleted" AFTER DELETE ON "SearchWord" BEGIN
    INSERT INTO "SearchWordIndex"("SearchWordIndex", "rowid", "word") VALUES ('delete', old."id", old."word");
END;
CREATE TABLE "SearchVariant" (
    "variant" TEXT NOT NULL,
    "word" TEXT NOT NULL,
    PRIMARY KEY ("variant", "word")
) WITHOUT ROWID;
CREATE INDEX "SearchVariant_word_idx" ON "SearchVariant"("word");
