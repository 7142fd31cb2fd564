from pathlib import Path
import json
from agents.invoice import confidence
from tests.agents.conftest import Execution
from workers.demo.documents import write_documents, DOCUMENTS, bills
REAL=json.loads(Path("agents/invoice/confidence.json").read_text())
async def test_it(connected, endpoint, monkeypatch, tmp_path):
    read=endpoint.read
    print(len(REAL))
    for n,mode in enumerate(({"ask":"nothing","sure":0.0},{"ask":"nothing"},{"ask":"open"},{"ask":"open","real":1},{"ask":"open","sure":0.0})):
        print("=======",mode)
        write_documents(tmp_path/str(n), 7+n)
        bl=bills(7+n)
        mode=dict(mode)
        if mode.pop("real",0): monkeypatch.setattr(confidence,"_measured",lambda: {k:tuple(v) for k,v in REAL.items()})
        for d in DOCUMENTS:
            def agree(body, shape, d=d):
                props=body["response_format"]["json_schema"]["schema"]["properties"]
                out={}
                for k,v in props.items():
                    if k=="kind": out[k]="invoice"; continue
                    if k=="lines": out[k]=[]; continue
                    out[k]=v.get("enum",["none"])[0]
                return out
            monkeypatch.setattr(endpoint,"read",agree)
            execution=Execution(connected,endpoint)
            st=await execution.submit((tmp_path/str(n)/d.name).read_bytes(), d.name, **mode)
            got="review" if execution.waits else st["decision"]["outcome"]
            print("OK " if got==d.expected else "DIFF", d.name, "intended", d.expected, "got", got, "" if not execution.waits else execution.asked_for, "calls", execution.calls)
