import Gate
import IwinvCatalog
import Testing

@Suite struct GrantTests {
    @Test func `reads grants and says what is wrong with them`() throws {
        #expect(try Grant("instances:edit") == Grant(resource: "instances", effect: .edit))
        #expect(try Grant("secret") == Grant(resource: "*", effect: .secret))
        #expect(try "\(Grant("*:secret"))" == "secret")
        #expect(throws: GrantProblem.self) { try Grant("instances:edti") }
        #expect(throws: GrantProblem.self) { try Grant("edit") }
        do {
            _ = try Grant("instnaces:edit")
        } catch {
            #expect(error.description.contains("did you mean `instances`?"))
        }
    }

    @Test func `reading is granted, secrets and changes are not`() throws {
        let none = Grants()
        for operation in Catalog.iwinv.operations {
            #expect(none.allow(operation) == (operation.effect == .read), "\(operation.name)")
        }
        let edit = Grants([try Grant("instances:edit")])
        let allowed = Catalog.iwinv.operations.filter { $0.effect != .read && edit.allow($0) }
        #expect(allowed.map(\.name) == ["instances.edit"])
        #expect(
            edit.missing(from: [try Grant("instances:edit"), try Grant("instances:power")]) == [
                try Grant("instances:power")
            ])
    }
}
