// Makes the calls that the Kinesis Data Generator makes, in its order and by its libraries: SRP login, identity, credentials, regions,
// lists of streams, and once a second PutRecords or PutRecordBatch with at most 500 records a request.
"use strict";

const MOST_RECORDS = 500;
const element = (id) => document.getElementById(id);

// A setting comes with the address and is kept for the next visit.
function setting(name) {
    const given = new URLSearchParams(location.search).get(name);
    if (given) localStorage.setItem(name, given);
    return localStorage.getItem(name);
}

const settings = { cid: null, upid: null, ipid: null, r: null };
let user = null;
let sending = null;
let sent = 0;

function show(signedIn) {
    element("loginForm").hidden = signedIn;
    element("logoutLink").hidden = !signedIn;
    element("kinesisInfo").hidden = !signedIn;
}

function logIn() {
    const name = element("userName").value;
    const details = new AmazonCognitoIdentity.AuthenticationDetails({ Username: name, Password: element("password").value });
    const Pool = new AmazonCognitoIdentity.CognitoUserPool({ UserPoolId: settings.upid, ClientId: settings.cid });
    user = new AmazonCognitoIdentity.CognitoUser({ Username: name, Pool });
    user.authenticateUser(details, {
        onSuccess: (session) => takeCredentials(session.getIdToken().getJwtToken()),
        onFailure: (error) => alert(error),
    });
}

function takeCredentials(idToken) {
    const issuer = `cognito-idp.${settings.r}.amazonaws.com/${settings.upid}`;
    AWS.config.region = settings.r;
    AWS.config.credentials = new AWS.CognitoIdentityCredentials({ IdentityPoolId: settings.ipid, Logins: { [issuer]: idToken } });
    AWS.config.credentials.get((error) => {
        if (error) return alert(error);
        new AWS.EC2().describeRegions({}, (refused, answer) => {
            if (refused) return alert(refused);
            element("region").replaceChildren(...answer.Regions.map(({ RegionName }) => new Option(RegionName)));
            show(true);
            list();
        });
    });
}

function list() {
    AWS.config.region = element("region").value;
    element("streamName").replaceChildren();
    new AWS.Kinesis().listStreams({ Limit: 100 }, (error, answer) => offer("Kinesis Streams", error, answer && answer.StreamNames));
    new AWS.Firehose().listDeliveryStreams({ Limit: 100 }, (error, answer) => offer("Kinesis Firehose", error, answer && answer.DeliveryStreamNames));
}

function offer(label, error, names) {
    if (error) return alert(error);
    if (names.length === 0) return;
    const group = document.createElement("optgroup");
    group.label = label;
    group.append(...names.map((name) => new Option(name)));
    element("streamName").append(group);
    element("btnCreateData").disabled = false;
}

// As the generator renders the workshop's template: line breaks go, blanks stay, a line feed ends each record.
function reading() {
    const below = (n) => Math.floor(Math.random() * n);
    const time = new Date().toISOString().replace(/\.\d+Z/, "Z");
    const status = ["OK", "FAIL ", "WARN"][below(3)];
    return `{    "sensorId": ${below(21)},    "eventTimeStamp": "${time}",    "currentTemperature": ${10 + below(141)},    "status": "${status}"}\n`;
}

function count(records) {
    sent = records;
    element("recordsSentMessage").textContent = `${sent} records sent to Kinesis.`;
}

function send() {
    const name = element("streamName").value;
    const toStream = element("streamName").selectedOptions[0].parentElement.label === "Kinesis Streams";
    for (let left = Number(element("putRate").value); left > 0; left -= MOST_RECORDS) {
        const records = Array.from({ length: Math.min(left, MOST_RECORDS) }, () =>
            toStream ? { Data: reading(), PartitionKey: String(Math.floor(Math.random() * 10 ** 10)) } : { Data: reading() });
        const done = (error) => {
            if (error) return alert(error);
            count(sent + records.length);
        };
        if (toStream) new AWS.Kinesis().putRecords({ Records: records, StreamName: name }, done);
        else new AWS.Firehose().putRecordBatch({ Records: records, DeliveryStreamName: name }, done);
    }
}

addEventListener("load", () => {
    for (const name of Object.keys(settings)) settings[name] = setting(name);
    AWS.config.region = AWSCognito.config.region = settings.r;
    element("btnLogin").onclick = logIn;
    element("region").onchange = list;
    element("btnCreateData").onclick = () => { sending = setInterval(send, 1000); };
    element("btnCancelSendData").onclick = () => { clearInterval(sending); count(0); };
    element("logoutLink").onclick = () => { user.signOut(); show(false); };
});
