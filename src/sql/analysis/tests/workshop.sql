/* Activity 2B - Add your first query (deduplication) */
/* Step 1 - Creates a stream for intermediary SQL results */
CREATE OR REPLACE STREAM clean_iot_stream (
    sensor_id INTEGER,
    event_timestamp TIMESTAMP,
    current_temp INTEGER,
    status VARCHAR(4),
    dedup_window TIMESTAMP);

/* continued on next page (above SQL statement does nothing by itself)
*/

/* Step 2 - Reads from source stream, selects distinct values over a one
second window */

CREATE OR REPLACE PUMP dedup_pump AS
INSERT INTO clean_iot_stream
SELECT STREAM DISTINCT --distinct will use the columns selected to remove duplicates
    "sensorId",
    CAST("eventTimeStamp" AS TIMESTAMP), --casting the VARCHAR time to a timestamp (also could have done this when we setup the schema)
    "currentTemperature",
    "status",
    FLOOR("SOURCE_SQL_STREAM_001".ROWTIME TO SECOND) --window for the distinct keyword
FROM SOURCE_SQL_STREAM_001;

/* Activity 2C - Add a continuous filter */
/* Step 1 - Stream for intermediary SQL results */
CREATE OR REPLACE STREAM filtered_fail_stream (
    sensor_id INTEGER,
    event_timestamp TIMESTAMP,
    current_temp INTEGER,
    status VARCHAR(4));

/* Step 2 - Continuous query that filters data based upon status */
CREATE OR REPLACE PUMP filter_fail_pump AS INSERT INTO filtered_fail_stream
SELECT STREAM sensor_id, event_timestamp, current_temp, status
FROM clean_iot_stream
WHERE status = 'FAIL';

/* Activity 2-D - Calculate an aggregate metric */
/* Step 1 - Stream for aggregate SQL results */
CREATE OR REPLACE STREAM aggregate_stream (
    status VARCHAR(4),
    avg_temp DECIMAL(16,2));

/* Step 2 - Continuous query for aggregate SQL results */
CREATE OR REPLACE PUMP aggregate_pump AS INSERT INTO aggregate_stream
SELECT STREAM status, AVG(current_temp)
FROM clean_iot_stream
GROUP BY status, STEP(CLEAN_IOT_STREAM.ROWTIME BY INTERVAL '10'
SECOND);

/* Activity 2-E - Using event time */
/* Step 1 - Stream for aggregate SQL results */
CREATE OR REPLACE STREAM aggregate_event_time_stream (
    event_timestamp TIMESTAMP, -- Add this column to your query
    status VARCHAR(4),
    avg_temp DECIMAL(16,2));

/* Step 2 - Continuous query for aggregate SQL results */
CREATE OR REPLACE PUMP event_time_pump AS INSERT INTO aggregate_event_time_stream
SELECT STREAM STEP(event_timestamp BY INTERVAL '10' SECOND),
    status,
    AVG(current_temp)
FROM clean_iot_stream
GROUP BY status,
    STEP(clean_iot_stream.event_timestamp BY INTERVAL '10' SECOND),
    STEP(clean_iot_stream.ROWTIME BY INTERVAL '10' SECOND);

/* Activity 2-F - Anomaly detection */
/* Step 1 - Creates a stream for anomaly scores */
CREATE OR REPLACE STREAM anomaly_stream (
    sensor_id INTEGER,
    event_timestamp TIMESTAMP,
    current_temp INTEGER,
    status VARCHAR(4),
    anomaly_score DECIMAL(16,2));

/* Step 2 - Compute anomaly score */
-- Compute an anomaly score for each record in the input stream
-- using Random Cut Forest
CREATE OR REPLACE PUMP anomaly_pump AS INSERT INTO anomaly_stream
    SELECT STREAM sensor_id, event_timestamp, current_temp, status, anomaly_score
    FROM TABLE(RANDOM_CUT_FOREST(
        CURSOR(SELECT STREAM * FROM clean_iot_stream)));
