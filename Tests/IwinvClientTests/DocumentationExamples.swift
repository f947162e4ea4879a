import Clocks
import IwinvCatalog
import IwinvClient
import IwinvWire

// The examples of the documentation comments, so that they keep compiling. Nothing here is run.

func exampleOfTheClient(access: String, secret: String) async throws {
    let credential = try Credential(accessKey: access, secretKey: secret)
    let client = IwinvClient(ClientConfiguration(credential: credential), budget: SlidingWindowBudget())
    for instance in try await client.instances.list(status: .active) {
        print(instance.id, instance.name ?? "")
    }
    try await client.shutdown()
}

func exampleOfTheConfiguration(access: String, secret: String) throws -> ClientConfiguration {
    let credential = try Credential(accessKey: access, secretKey: secret)
    var configuration = ClientConfiguration(credential: credential)
    configuration.requestTimeout = .seconds(30)
    configuration.endpoint = try Endpoint(validating: "https://api-kr.iwinv.kr")
    return configuration
}

func exampleOfTheInstances(client: IwinvClient) async throws {
    for instance in try await client.instances.list(name: "web-") where instance.status == .active {
        try await client.instances.edit(instance.id, description: "checked")
    }
}

func exampleOfErrors(client: IwinvClient) async {
    do throws(CloudError) {
        try await client.instances.reboot("INSTANCE-a")
    } catch {
        if error.outcome == .unknown { print("look before you repeat it") }
        if error.isAbsence() { print("no such server") }
        print(error, error.advice?(.korean) ?? "")
    }
}

func exampleOfTheCodec() throws -> WireRequest? {
    guard let edit = Catalog.iwinv["instances.edit"] else { return nil }
    let arguments = try Arguments(["instance_id": "INSTANCE-a", "name": "웹-01"], for: edit)
    return RequestCodec.encode(edit, arguments, boundary: "iwlua-4f1d")
}
