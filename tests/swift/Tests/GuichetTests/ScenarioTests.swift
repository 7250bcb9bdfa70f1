import Foundation
import GuichetCore
import Testing

@Suite(.timeLimit(.minutes(5))) struct ScenarioTests {
    @Test(
        "invariant 07 silent: every scenario runs word for word, and nothing printed shows what is private",
        arguments: try Places.scenarios())
    func runs(_ file: URL) throws {
        let runner = try Runner(Scenario(file), SandboxBank())
        try runner.run()
        let (printed, quiet) = runner.witness.counts()
        #expect(printed > 20 && quiet > 20, "the witness saw too little")
        #expect(runner.witness.leaks().prefix(3).isEmpty)
        #expect(runner.witness.disorders().isEmpty)
    }
}

@Suite struct WitnessTests {
    private struct Row {
        let name: String
    }

    @Test func aWitnessThatSeesALeakSaysSo() {
        let witness = Witness()
        _ = witness.expose(PrivateText("李明的账户"))
        witness.sees(Row(name: "李明的账户"))
        #expect(!witness.leaks().isEmpty)
    }

    @Test(arguments: ["", "x", "xy"])
    func aLeakIsSeenInHexInBase64AndAsNumbersWhereverItBegins(_ before: String) {
        let around = Data((before + "tok-739184" + "z").utf8)
        let printed = [
            around.map { String(format: "%02x", $0) }.joined(),
            around.map { String(format: "%02X", $0) }.joined(),
            "\([UInt8](around))",
            around.base64EncodedString(),
        ]
        for form in printed {
            let witness = Witness()
            witness.keepsQuiet(Data("tok-739184".utf8))
            witness.sees(Row(name: "nothing"))
            #expect(witness.leaks().isEmpty)
            witness.sees(Row(name: form))
            #expect(!witness.leaks().isEmpty, "\(form)")
        }
    }

    @Test func aRevisionThatDoesNotGrowIsADisorder() {
        let witness = Witness()
        for revision: UInt64 in [1, 2, 2] { witness.hears("a phone", "home", revision) }
        witness.hears("another phone", "home", 1)
        #expect(witness.disorders() == ["home: 2 after 2"])
    }
}
