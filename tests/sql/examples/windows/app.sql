-- Averages of ten seconds of the readings' own time; readings come up to 5 seconds late.
CREATE OR REPLACE STREAM "ORDERED" ("sent" TIMESTAMP, "status" VARCHAR(4), "temperature" DOUBLE);
CREATE OR REPLACE PUMP "ORDER" AS INSERT INTO "ORDERED" (ROWTIME, "sent", "status", "temperature")
SELECT STREAM s."sent" AS ROWTIME, s."sent", s."status", s."temperature"
FROM "SOURCE_SQL_STREAM_001" AS s ORDER BY s."sent" WITHIN INTERVAL '5' SECOND;

CREATE OR REPLACE STREAM "AVERAGES" ("from" TIMESTAMP, "status" VARCHAR(4), "average" DOUBLE, "readings" INTEGER);
CREATE OR REPLACE PUMP "AVERAGE" AS INSERT INTO "AVERAGES"
SELECT STREAM STEP("ORDERED".ROWTIME BY INTERVAL '10' SECOND), "status", AVG("temperature"), COUNT(*)
FROM "ORDERED" GROUP BY "status", STEP("ORDERED".ROWTIME BY INTERVAL '10' SECOND);
