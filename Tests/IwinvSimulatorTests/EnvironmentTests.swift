import Clocks
import IwinvModel
import IwinvSimulator
import IwinvTesting
import Testing

@Suite("The environment of a simulator")
struct EnvironmentTests {
    @Test("three lines point a program at it")
    func lines() async throws {
        try await withCloud { cloud in
            #expect(
                cloud.simulator.environment.exports == """
                    export IWLUA_ENDPOINT=\(cloud.endpoint)
                    export IWINV_ACCESS_KEY=simulated-access-key
                    export IWINV_SECRET_KEY=simulated-secret-key
                    """)
        }
    }

    @Test(
        "a fourth tells of another quota",
        arguments: [
            (SimulatorConfiguration.Quota(limit: 5, window: .milliseconds(1500)), "5/2"),
            (.init(limit: 120), "120/60"), (nil, "none"),
        ])
    func budget(quota: SimulatorConfiguration.Quota?, text: String) async throws {
        try await withCloud(configure: { $0.quota = quota }) { cloud in
            #expect(cloud.simulator.environment.exports.hasSuffix("\nexport IWLUA_BUDGET=\(text)"))
        }
    }

    @Test("a shell reads back what was written, and nothing else shows the secret")
    func quoting() async throws {
        try await withCloud(configure: { $0.keys = ["key": "it's a $ecret"] }) { cloud in
            let environment = cloud.simulator.environment
            #expect(environment.exports.contains("export IWINV_SECRET_KEY='it'\\''s a $ecret'"))
            var text = "\(environment) \(String(reflecting: environment))"
            dump(environment, to: &text)
            #expect(!text.contains("ecret") || text.contains("IWINV_SECRET_KEY"))
            #expect(!text.contains("it's"))
        }
    }

    @Test("quotas are read", arguments: [("60", 60, 60), ("60/60", 60, 60), ("1000000/1", 1_000_000, 1)])
    func quota(text: String, limit: Int, seconds: Int) throws {
        #expect(try SimulatorConfiguration.Quota(text) == .init(limit: limit, window: .seconds(seconds)))
    }

    @Test(
        "what is none is refused",
        arguments: ["", "0", "-1", "60/", "/60", "60/0", "60/60/60", "1000001", "many", "60/86401"])
    func badQuota(text: String) {
        #expect(throws: SimulatorProblem.quota(text)) { try SimulatorConfiguration.Quota(text) }
    }

    @Test("without a quota nobody is told to wait")
    func unlimited() async throws {
        try await withCloud(configure: { $0.quota = nil }) { cloud in
            for _ in 0..<70 {
                let status = try await cloud.send("GET", "/v1/zones").status
                #expect(status == 200)
            }
        }
    }
}
