import GuichetCore
import Testing

@Suite struct PrivateTextTests {
    private let name = PrivateText("李明")

    @Test("invariant 07 silent: private text prints as dots, alone and in a record")
    func printsAsDots() {
        let config = AppConfig(folder: "/data", language: .zhCn, deviceName: name, platform: .ios)
        var dumped = ""
        dump(config, to: &dumped)
        dump(name, to: &dumped)
        let printed = [
            "\(name)", "\(config)", "\([name])", "\([1: name])", String(reflecting: config), String(reflecting: name),
            "\(Mirror(reflecting: name).children.map { $0 })", dumped,
        ]
        for text in printed { #expect(!text.contains("李明")) }
        #expect("\(name)" == "••")
    }

    @Test func isEqualToTheSameTextAndExposesItByNameOnly() {
        #expect(name == PrivateText("李明"))
        #expect(name.hashValue == PrivateText("李明").hashValue)
        #expect(name != PrivateText("李娜"))
        #expect(name.expose() == "李明")
    }
}
