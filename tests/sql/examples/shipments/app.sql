-- Orders that were shipped within a minute, with the product's name.
CREATE OR REPLACE STREAM "SHIPPED" ("orderId" INTEGER, "product" VARCHAR(16), "seconds" INTEGER);
CREATE OR REPLACE PUMP "SHIP" AS INSERT INTO "SHIPPED"
SELECT STREAM o."orderId", p."name", TSDIFF(s.ROWTIME, o.ROWTIME) / 1000
FROM "ORDERS_001" OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS o
JOIN "SHIPMENTS_001" AS s ON o."orderId" = s."orderId"
JOIN "PRODUCTS" AS p ON o."product" = p."id";
