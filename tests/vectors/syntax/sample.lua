#!/usr/bin/lua
local json = require("json")
local LIMIT, other = 10, {}
Config = { depth = LIMIT, walk = function(x) return x end }

-- adds
function add(a, b)
  return a + b + LIMIT
end

local function helper(name, ...)
  local count = #name
  for i, each in ipairs(list) do count = count + each.size * i end
  state.total = json.encode(count, ...)
  return Store:open(name).path
end

function Store.new(path) return setmetatable({ path = path }, Store) end
function Store:open(mode) self.mode = mode; goto done; ::done:: end
