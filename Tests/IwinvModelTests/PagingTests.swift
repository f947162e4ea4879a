import IwinvCatalog
import IwinvModel
import Testing

@Suite("Paging (CONTRACT 1.11)")
struct PagingTests {
    @Test("33 flavors come in pages of 10, 10, 10 and 3, with their total, and none after that")
    func flavors() throws {
        var cloud = Cloud(seed: 1, at: start)
        var ids: [String] = []
        for (number, count) in [(1, 10), (2, 10), (3, 10), (4, 3), (5, 0)] {
            let answer = try cloud.call("flavors.list", page: Page(number: number, size: 10))
            guard case .rows(let rows, let total, let status) = answer else {
                Issue.record("refused")
                return
            }
            #expect(rows.count == count && total == 33 && status == 200)
            ids += rows.compactMap { $0["flavor_id"]?.stringValue }
        }
        #expect(Set(ids).count == 33)
    }

    @Test("a list without a page is its first page in the default size")
    func defaultPage() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        #expect(try cloud.rows("instances.list").count == 10)
        #expect(try cloud.rows("instances.list", page: .everything).count == 30)
    }

    @Test("the order is that of creation and stable under edits")
    func order() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        let before = try cloud.rows("instances.list", ["fields": 1], page: .everything)
        _ = try cloud.rows("instances.edit", ["instance_id": .string(try cloud.id("web-05")), "name": "renamed"])
        #expect(try cloud.rows("instances.list", ["fields": 1], page: .everything) == before)
    }

    @Test(
        "pages beyond all numbers are empty", arguments: [Page(number: .max, size: .max), Page(number: 0, size: 10)])
    func extremes(page: Page) throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        #expect(try cloud.rows("instances.list", page: page).isEmpty)
    }

    @Test("only flavors have a total")
    func total() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        for operation in ["zones.list", "images.list", "ssh_keys.list", "instances.user_scripts"] as [OperationName] {
            guard case .rows(let rows, let total, _) = try cloud.call(operation) else {
                Issue.record("\(operation) was refused")
                continue
            }
            #expect(!rows.isEmpty && total == nil)
        }
    }
}
