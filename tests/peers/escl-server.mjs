#!/usr/bin/env node
// An eSCL scanner for tests: escl-server.mjs FOLDER
//
// A platen and a duplex feeder at http://127.0.0.1:PORT/eSCL; PORT is written to FOLDER/port once it listens.
// Image n of a job is FOLDER/page<n>.jpg (the last one there is, when there are fewer). What it does is read from
// FOLDER/script.json at every request, so a test may change it while a client is connected:
//
//     {"sheets": 3}                          what lies in the feeder whenever a job begins
//     {"sheets": 3, "at": 2, "what": "jam"}  and what goes wrong, and where: at image 2, at "job" (the POST that
//                                            begins one), at "all" (every request)
//
// what: busy       503, "times" times (3) in each job, then as if nothing had been
//       jam, door  409, and the feeder says so until the next job
//       truncated  the first "keep" (0.5) of the image's bytes, as a whole answer
//       gray       FOLDER/gray.jpg, whatever was asked
//       broken     the line is cut in the middle of the image
//       silent     takes the request and never answers
//
// FOLDER/requests gets a line per request: method, last word of the path, status (0: none).
// Source: Mopria eSCL 2.97; what sane-airscan 0.99.27 reads of it.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const folder = process.argv[2];
const at = (name) => path.join(folder, name);
const names = 'xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"';
// Paper takes its time. Without it sane-airscan forgets an image whose job ends before sane_start has woken up.
const paperMs = 150;
const jobs = new Map();
let feeder = 'ScannerAdfLoaded';
let refusals = 0; // of the POST that is being repeated

const resolution = (dpi) => `<scan:DiscreteResolution><scan:XResolution>${dpi}</scan:XResolution>
    <scan:YResolution>${dpi}</scan:YResolution></scan:DiscreteResolution>`;

// Lengths are in 1/300 inch: A4.
const source = (name) => `<scan:${name}>
    <scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>2480</scan:MaxWidth>
    <scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>3508</scan:MaxHeight>
    <scan:SettingProfiles><scan:SettingProfile>
        <scan:ColorModes><scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes>
        <scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat></scan:DocumentFormats>
        <scan:SupportedResolutions><scan:DiscreteResolutions>
            ${[100, 200, 300, 600].map(resolution).join('')}
        </scan:DiscreteResolutions></scan:SupportedResolutions>
    </scan:SettingProfile></scan:SettingProfiles></scan:${name}>`;

const capabilities = () => `<scan:ScannerCapabilities ${names}>
    <pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>Sohoa eSCL</pwg:MakeAndModel>
    <scan:Platen>${source('PlatenInputCaps')}</scan:Platen>
    <scan:Adf>${source('AdfSimplexInputCaps')}${source('AdfDuplexInputCaps')}
        <scan:FeederCapacity>50</scan:FeederCapacity>
        <scan:AdfOptions><scan:AdfOption>Duplex</scan:AdfOption></scan:AdfOptions></scan:Adf>
    </scan:ScannerCapabilities>`;

const status = () => `<scan:ScannerStatus ${names}>
    <pwg:Version>2.63</pwg:Version><pwg:State>Idle</pwg:State><scan:AdfState>${feeder}</scan:AdfState>
    </scan:ScannerStatus>`;

function readScript() {
    return { sheets: 1, times: 3, keep: 0.5, ...JSON.parse(fs.readFileSync(at('script.json'), 'utf8')) };
}

function image(number, gray) {
    if (gray) return fs.readFileSync(at('gray.jpg'));
    while (number > 1 && !fs.existsSync(at(`page${number}.jpg`))) number--;
    return fs.readFileSync(at(`page${number}.jpg`));
}

function answer(request, response, code, body = '', headers = {}) {
    const type = Buffer.isBuffer(body) ? 'image/jpeg' : 'text/xml';
    note(request, code);
    response.writeHead(code, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), ...headers }).end(body);
}

function note(request, code) {
    fs.appendFileSync(at('requests'), `${request.method} ${request.url.split('/').pop()} ${code}\n`);
}

const feederStops = { jam: 'ScannerAdfJam', door: 'ScannerAdfDoorOpen' };

function beginJob(script, body, request, response) {
    if (script.at === 'job' && script.what === 'busy' && refusals++ < script.times) return answer(request, response, 503);
    const fromFeeder = body.includes('>Feeder<');
    const images = !fromFeeder ? 1 : body.includes('Duplex>true<') ? 2 * script.sheets : script.sheets;
    refusals = 0;
    feeder = images > 0 ? 'ScannerAdfLoaded' : 'ScannerAdfEmpty';
    if (script.at === 'job') feeder = feederStops[script.what] ?? feeder;
    if (feeder !== 'ScannerAdfLoaded') return answer(request, response, 409);
    const id = String(jobs.size + 1);
    jobs.set(id, { images, fromFeeder, sent: 0, refused: 0 });
    const place = `http://${request.headers.host}/eSCL/ScanJobs/${id}`;
    return answer(request, response, 201, '', { Location: place });
}

function nextImage(script, job, request, response) {
    if (job.sent === job.images) {
        if (job.fromFeeder) feeder = 'ScannerAdfEmpty';
        return answer(request, response, 404);
    }
    const what = script.at === job.sent + 1 ? script.what : '';
    if (what === 'silent') return note(request, 0);
    if (what === 'busy' && job.refused++ < script.times) return answer(request, response, 503);
    if (feederStops[what]) {
        feeder = feederStops[what];
        return answer(request, response, 409);
    }
    const bytes = image(++job.sent, what === 'gray');
    if (what === 'truncated') return answer(request, response, 200, bytes.subarray(0, bytes.length * script.keep));
    if (what !== 'broken') return answer(request, response, 200, bytes);
    note(request, 200);
    response.writeHead(200, { 'Content-Type': 'image/jpeg', 'Content-Length': bytes.length });
    return response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
}

function serve(request, response, body) {
    const script = readScript();
    const [, , place, id, last] = request.url.split('/');
    const silent = script.what === 'silent' && (script.at === 'all' || (script.at === 'job' && request.method === 'POST'));
    if (silent) return note(request, 0);
    if (place === 'ScannerCapabilities') return answer(request, response, 200, capabilities());
    if (place === 'ScannerStatus') return answer(request, response, 200, status());
    if (place === 'ScanJobs' && request.method === 'POST') return beginJob(script, body, request, response);
    const job = place === 'ScanJobs' ? jobs.get(id) : undefined;
    if (job && last === 'NextDocument') return setTimeout(nextImage, paperMs, script, job, request, response);
    if (job && request.method === 'DELETE') {
        job.images = job.sent;
        return answer(request, response, 200);
    }
    return answer(request, response, 404);
}

const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => serve(request, response, body));
});
server.listen(0, '127.0.0.1', () => {
    fs.writeFileSync(at('port.new'), String(server.address().port));
    fs.renameSync(at('port.new'), at('port'));
});
