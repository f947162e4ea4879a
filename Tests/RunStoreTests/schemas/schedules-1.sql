-- Schedules as the first version left them (migration schedules-1). Never edited: files like it exist.
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO "grdb_migrations" VALUES('schedules-1');
CREATE TABLE schedule (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, added INTEGER NOT NULL, recurrence TEXT NOT NULL,
    zone TEXT NOT NULL, script TEXT NOT NULL, text TEXT NOT NULL, approval TEXT NOT NULL, policy TEXT NOT NULL,
    options TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, changed INTEGER NOT NULL, cursor INTEGER NOT NULL,
    failures INTEGER NOT NULL, last INTEGER, last_word TEXT, last_run TEXT) STRICT;
INSERT INTO "schedule" VALUES(1,'weekly',1800000000000000000,'cron 0 4 * * SUN','Asia/Seoul','/srv/reboot.lua','f00','a123','{"retries":2}','{"profile":"prod"}','active',NULL,1800000000000000000,1800000020000000000,0,1800000010000000000,'done','r1');
CREATE UNIQUE INDEX schedule_name ON schedule (name) WHERE state <> 'removed';
CREATE TABLE occurrence (
    schedule INTEGER NOT NULL REFERENCES schedule (id), instant INTEGER NOT NULL, state TEXT NOT NULL,
    word TEXT, run TEXT, due INTEGER NOT NULL, caught_up INTEGER NOT NULL, attempts INTEGER NOT NULL,
    retries INTEGER NOT NULL, timeouts INTEGER NOT NULL, claimed_at INTEGER NOT NULL, begun_at INTEGER,
    ended_at INTEGER, through INTEGER NOT NULL, count INTEGER NOT NULL, epoch INTEGER NOT NULL,
    PRIMARY KEY (schedule, instant)) STRICT, WITHOUT ROWID;
INSERT INTO "occurrence" VALUES(1,1800000010000000000,'run','done','r1',1800000010000000000,0,1,0,0,1800000010000000000,1800000010000000000,1800000011000000000,1800000010000000000,1,3);
INSERT INTO "occurrence" VALUES(1,1800000020000000000,'waiting',NULL,NULL,1800000020000000000,1,0,0,0,1800000020000000000,NULL,NULL,1800000020000000000,1,3);
CREATE INDEX occurrence_open ON occurrence (schedule) WHERE state IN ('waiting', 'running');
CREATE TABLE lease (
    name TEXT PRIMARY KEY, holder TEXT NOT NULL, boot TEXT NOT NULL, epoch INTEGER NOT NULL,
    expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "lease" VALUES('daemon','1:1:1:1','gone',3,1700000000000000000);
CREATE TABLE revision (number INTEGER NOT NULL) STRICT;
INSERT INTO "revision" VALUES(5);
