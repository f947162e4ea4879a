print("asking")
require("iwinv").instances.list()
