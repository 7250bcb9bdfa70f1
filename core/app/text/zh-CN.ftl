# 客户读到的每一个字（简体中文）。句子要短，不用行话，总要告诉下一步。

# 首次使用与登录
welcome-title = 欢迎
welcome-message = 在银行页面登录一次，之后这部手机就认识您了。
welcome-begin = 登录
welcome-browser-title = 请在银行页面登录
welcome-browser-message = 银行自己的页面已打开，完成后请回到这里。
welcome-working = 请稍候
welcome-enrol-title = 保护付款
welcome-enrol-message = 这部手机上的每一笔付款，都由您的指纹或面容确认。
welcome-enrol-begin = 设置付款确认
welcome-pin-title = 设置密码
welcome-pin-message = 至少六位数字。指纹或面容识别不了时使用。
welcome-biometrics-title = 用指纹或面容打开
welcome-biometrics-message = 您也可以随时使用密码。
welcome-biometrics-begin = 启用
welcome-biometrics-skip = 以后再说
welcome-done-title = 设置完成
welcome-again-title = 请重新登录
welcome-again-message = 银行已结束本次登录。手机上的内容没有丢失。
welcome-wiped-title = 这部手机已被移除
welcome-wiped-message = 这部手机已在另一部手机上或银行被移除，应用内的全部内容已销毁。如果不是您本人操作，请致电银行。
welcome-signed-out-message = 您已退出，应用内的全部内容已销毁。
welcome-too-many-pins-message = 密码错误次数过多，应用内的全部内容已销毁。请重新登录。

# 密码规则
pin-length = 密码应为 6 到 12 位数字。
pin-pattern = 这个密码有规律，请换一个。
pin-common = 很多人用这个密码，请换一个。
pin-date = 这个密码像一个日期，请换一个。
pin-known = 别人可能知道这个数字：它与您的生日、电话或证件号码有关。请换一个。
pin-not-digits = 密码只能是数字。

# 锁定
lock-title = 已锁定
lock-message = 请用指纹、面容或密码打开。
lock-message-pin = 请输入密码。
lock-biometric = 使用指纹或面容
lock-pin = 使用密码
lock-reason = 打开银行应用
lock-wrong-pin = { $left ->
    [1] 密码错误。只剩最后一次机会，再错将销毁全部内容。
   *[other] 密码错误，还可以再试 { $left } 次。
}
lock-wait = 密码错误次数过多，请在{ $wait }后再试。
lock-damaged = 手机上的数据已损坏，已另行保存，将从银行重新获取。
lock-newer = 手机上的数据由更新的版本写入，请更新应用。
lock-storage = 手机无法读取存储，请腾出空间后再试。

# 锁定设置
lock-settings-title = 锁定与密码
lock-settings-delay = 离开应用时锁定
lock-settings-at-once = 立即
lock-settings-after = { $time }后
lock-settings-pin = 更改密码
lock-settings-old-pin = 现在的密码
lock-settings-new-pin = 新密码
lock-settings-change-pin = 更改
lock-settings-pin-changed = 密码已更改。
lock-settings-same-pin = 这就是现在的密码，请换一个。

# 指纹与面容：先说发生了什么，再说怎么办
prompt-failed = { $what }{ $next }
prompt-cancelled = 已取消。
prompt-not-recognised = 未能识别。
prompt-locked-out = 手机已暂停指纹和面容。
prompt-no-hardware = 这部手机没有足够安全的指纹或面容识别。
prompt-not-enrolled = 这部手机还没有录入指纹或面容。
prompt-invalidated = 手机上的指纹或面容有变动。
prompt-platform = 手机的安全验证失败。
prompt-timed-out = 安全验证超时。
next-again = 请再试一次。
next-again-or-pin = 请再试一次，或使用密码。
next-again-or-other-way = 请再试一次，或换一种方式。
next-begin-again = 没有任何设置，准备好后请重新开始。
next-not-paid = 没有付款，准备好后请再确认。
next-code = 请先用锁屏密码解锁手机，再试一次。
next-code-or-pin = 请先用锁屏密码解锁手机再试，或使用密码。
next-code-or-other-way = 请先用锁屏密码解锁手机再试，或换一种方式。
next-add = 请在手机设置中添加，再试一次。
next-pin = 请使用密码。
next-pin-turn-on = 请使用密码，之后在“锁定与密码”中重新启用。
next-other-way = 请换一种方式。
next-other-way-renew = 请先换一种方式，之后重新设置付款确认。
next-renew = 为了安全，请重新设置付款确认。
next-other-phone = 请换一部手机操作。

# 需要重新设置的付款确认
approval-title = 重新设置付款确认
approval-message = 手机上的指纹或面容有变动，暂时无法确认付款。请用密码并在银行页面登录，重新设置付款确认。
approval-renewed = 付款确认已重新设置，可以付款了。
approval-good = 付款确认已设置，无需操作。

# 首页
home-title = 首页
home-greeting = 您好，{ $name }
home-as-of = 截至 { $time }
home-as-of-never = 尚未获取
home-offline = 没有网络。显示的是 { $time } 的内容。
home-syncing = 正在获取账户
home-syncing-count = 正在获取账户：已有 { $count } 笔交易
home-recent = 最近交易
home-empty = 这里还没有内容。
home-balance-spoken = { $name }，余额 { $amount }
home-available = 可用 { $amount }
home-attention-unknown = 有 { $count } 笔付款尚未确认，请勿重复付款。
home-security-frozen = 您的付款已停止。
home-security-notices = 有 { $count } 件事不是在这部手机上操作的，请查看。
home-security-moving = 这是您的新手机吗？您可以移除旧手机。
home-security-open = 打开安全中心
sentence-gap = { "" }

# 账户与交易
account-kind-current = 活期账户
account-kind-savings = 储蓄账户
account-kind-card = 信用卡
account-kind-foreign = 外币账户
account-kind-other = 账户
transaction-pending = 处理中
transaction-spoken = { $name }，{ $amount }，{ $date }
transaction-spoken-pending = { $name }，{ $amount }，{ $date }起处理中
search-nothing = 没有找到“{ $query }”。
search-found = 最新的在前

category-income = 收入
category-housing = 居住
category-food = 餐饮
category-transport = 交通
category-shopping = 购物
category-leisure = 休闲
category-health = 医疗健康
category-education = 教育
category-bills = 生活缴费
category-transfers = 转账
category-fees = 费用
category-other = 其他

# 付款
pay-title = 付款
pay-draft-saved = 已保存，准备好后请核对。
pay-draft-offline = 已保存在手机上，网络恢复后即可核对并确认。
pay-draft-frozen = 已保存在手机上，恢复付款后即可发送。
pay-frozen = 您的付款已停止。您可以先填写付款并保存在这里；要发送，请先在“安全中心”恢复付款。
pay-draft-line = 付给 { $name } { $amount }
pay-draft-line-kind = { $name }：{ $amount }
pay-review = 核对并确认
pay-review-title = 请核对
pay-review-expires = 请在 { $time } 前确认
pay-approve = 确认付款 { $amount }
pay-approve-kind = 确认
pay-discard = 不付款
pay-approve-reason = 确认屏幕上的这笔付款
pay-approve-key-reason = 设置付款确认
pay-preparing = 正在询问银行
pay-waiting = 请验证指纹或面容
pay-sending = 正在发送给银行

stage-draft = 草稿
stage-review = 等待您确认
stage-sending = 正在发送
stage-unknown = 尚未确认。我们正在向银行查询，请勿重复付款。
stage-confirmed = 已于 { $time } 付款
stage-rejected = 未付款。{ $reason }
stage-not-sent = 未发送，没有付款。
activity-spoken = 付给 { $name } { $amount }。{ $status }
activity-spoken-kind = { $name }，{ $amount }。{ $status }
activity-spoken-plain = { $name }。{ $status }

kind-transfer = 转账
kind-own-transfer = 本人账户互转
kind-interbank-transfer = 跨行转账
kind-standing-order = 定期转账
kind-standing-order-change = 修改定期转账
kind-standing-order-skip = 跳过一次付款
kind-standing-order-cancel = 终止定期转账
kind-cancellation = 撤销付款
kind-bill-payment = 缴费
kind-merchant-payment = 商户付款
kind-request-payment = 他人请款
kind-code-mandate = 付款码
kind-code-mandate-end = 关闭付款码
kind-cross-border-transfer = 跨境汇款

reason-approval-invalid = 银行无法验证这部手机的确认。
reason-wrong-device = 银行没有想到这笔付款来自这部手机。
reason-expired = 银行没有及时收到。
reason-challenge-invalid = 请求已失效，请重新付款。
reason-payments-frozen = 您的付款已停止。请先在“安全中心”恢复付款，再重新付款。
reason-display-mismatch = 显示的文字与付款内容不一致。
reason-kind-unsupported = 银行不提供这类付款。
reason-terms-invalid = 付款内容中有不允许的部分。
reason-account-not-payable = 不能从这个账户付款。
reason-currency-mismatch = 账户的币种不同。
reason-payee-unknown = 没有这个收款账号。
reason-payee-name-mismatch = 户名与账号不符。
reason-same-account = 付款与收款账户相同。
reason-limit-exceeded = 超出您的限额。
reason-insufficient-funds = 账户余额不足。
reason-other = 银行拒绝了这笔付款，请致电银行。

# 表单问题
refusal-amount-empty = 请输入金额。
refusal-amount-not-a-number = 请用数字输入金额，例如 12.50。
refusal-amount-too-precise = { $digits ->
    [0] 这个币种只有整数金额。
   *[other] 这个币种最多 { $digits } 位小数。
}
refusal-amount-negative = 金额必须大于零。
refusal-amount-zero = 金额必须大于零。
refusal-amount-too-large = 金额太大。
refusal-amount-over-limit = 单笔最多可付 { $amount }。
refusal-name-empty = 请输入收款人姓名或名称。
refusal-name-too-long = 名称太长，最多 { $max } 个字。
refusal-name-deceptive = 名称中含有看不见的字符，可能误导您。请手动输入，不要粘贴。
refusal-note-too-long = 附言太长，最多 { $max } 个字。
refusal-note-deceptive = 附言中含有看不见的字符。请手动输入，不要粘贴。
refusal-account-length = 账号应为 8 到 34 位数字或字母。
refusal-account-character = 账号只能包含数字和字母 A 到 Z。
refusal-from-unknown = 请选择付款账户。
refusal-from-not-payable = 不能从这个账户付款。
refusal-same-account = 付款与收款账户相同，请另选一个。
refusal-insufficient-funds = 这个账户的余额不足。
refusal-locked = 请先解锁。
refusal-changed = 内容已有变化，请重新核对。
refusal-expired = 时间过长，请重新核对这笔付款。
refusal-obscured = 屏幕被其他内容遮挡，请关闭后再试。
refusal-frozen = 您的付款已停止，请先在“安全中心”恢复付款。
refusal-not-found = 这笔付款已不在这里。
refusal-busy = 请稍候，正在处理。

# 向银行证明是您本人
step-up-title = 是您本人吗？
step-up-message = 继续之前，银行需要确认是您本人。
step-up-bank = 在银行页面登录
step-up-cancel = 暂不
step-up-reason = 向银行证明是您本人
step-up-proof-refused = 银行没有接受，请再试一次。
step-up-over = 银行已不再要求确认。
step-up-cancelled = 您没有确认是本人操作，什么都没有发生。
step-up-refused = 银行要求的确认方式，这部手机无法完成，什么都没有发生。请更新应用，或致电银行。

# 安全中心
security-title = 安全中心
security-payments-title = 付款
security-payments-open = 如果发现异常，请先停止付款。停止后，任何人都不能用您的任何一部手机付款。以后可以再恢复。
security-payments-frozen = 付款已停止。任何人都不能用您的任何一部手机付款；别人转给您的钱照常到账。
security-payments-frozen-since = 付款自 { $time } 起已停止。任何人都不能用您的任何一部手机付款；别人转给您的钱照常到账。
security-freeze = 停止全部付款
security-unfreeze = 恢复付款
security-now-frozen = 您所有手机的付款都已停止。
security-not-frozen = 您的付款还没有停止。{ $why }也可以致电银行。
security-now-open = 付款已恢复。
security-devices-title = 您的手机
security-this-phone = 这部手机
security-last-used = 上次使用 { $time }
security-unnamed = 没有名称的手机
security-sign-out-device = 移除
security-sign-out-others = 移除其他所有手机
security-sign-out = 退出并清除
security-device-signed-out = 手机已移除。它联网后会清除应用内的全部内容。
security-others-signed-out = { $count ->
    [0] 没有其他手机在使用。
   *[other] 已移除 { $count } 部手机。它们联网后会清除应用内的全部内容。
}
security-frozen-and-signed-out = 付款已停止，那部手机也已移除。请致电银行。
security-frozen-call-bank = 付款已停止。请马上致电银行：可能有人知道了您的密码。
security-frozen-still-there = 付款已停止，但那部手机还没有移除。请再试一次，或致电银行。
platform-android = 安卓手机
platform-ios = iPhone
platform-other = 其他设备
trust-software = 没有手机硬件保护
trust-tee = 由手机硬件保护
trust-security-chip = 由安全芯片保护
trust-other = 保护方式未知

# 这部手机以外发生的事
happened-device-enrolled = 您的账户新增了一部手机：{ $name }
happened-device-revoked = 有一部手机被移除：{ $name }
happened-approval-renewed = 付款确认已重新设置，手机：{ $name }
happened-frozen-on = 付款被停止，操作手机：{ $name }
happened-frozen-at-bank = 付款在银行被停止。
happened-unfrozen-on = 付款被恢复，操作手机：{ $name }
happened-unfrozen-at-bank = 付款在银行被恢复。
happened-signed-in-on = 有人重新登录，手机：{ $name }
happened-signed-in-at-bank = 有人用您的密码在银行登录。
happened-other-on = 您账户的安全设置有变动，手机：{ $name }
happened-other = 您账户的安全设置有变动。
question-ask = 是您本人操作吗？
question-mine = 是我本人
question-not-mine = 不是我
question-hint = 如果不是您本人，付款会立即停止。
question-more = 之后还有 { $count } 条。

# 换新手机
moving-title = 这是您的新手机吗？
moving-message = { $name } 仍在使用。如果您不再用它，请移除：应用内的全部内容会被清除。
moving-message-several = 还有 { $count } 部手机在使用。请在下面移除您不再用的手机。
moving-sign-out = 移除旧手机
moving-keep = 全部保留

# 网络与银行问题
trouble-offline = 没有网络，连上后请再试。
trouble-not-the-bank = 当前网络无法安全地连接银行。请不要输入任何内容，换一个网络再试。
trouble-clock = 手机时间不正确，因此没有发送任何内容。请在系统设置中打开“自动设置日期和时间”，然后再试。
trouble-unanswered = 银行没有回应，请稍后再试。
trouble-busy = 银行繁忙，请稍后再试。
trouble-unreadable = 无法读懂银行的回应，没有任何改动。如果再次出现，请更新应用。
trouble-signed-out = 登录已结束，请重新登录。
trouble-sign-in-cancelled = 您没有完成登录，没有任何改动。
trouble-sign-in-refused = 登录未被接受，请重新开始。
trouble-wrong-return = 打开本应用的页面不属于这次登录，请重新开始。
trouble-other-customer = 这部手机已由另一位客户登录，请先退出。
trouble-attestation = 银行无法确认这部手机适合用来付款。请更新手机系统和本应用后再试；如仍不行，请联系银行。
trouble-other-key = 银行登记的是这部手机的另一把密钥，请退出后重新设置。
trouble-phone = 手机无法完成操作，请重启后再试。
trouble-update = 应用版本可能太旧，请更新。
try-again = 再试一次

# 时长
span-seconds = { $count } 秒
span-minutes = { $count } 分钟
span-hours = { $count } 小时
