<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
<context>
    <name>AcceptDialog</name>
    <message>
        <source>{0} explanations. The first: {1}</source>
        <translation>共 {0} 项例外说明，第一项：{1}</translation>
    </message>
    <message>
        <source>Accept explanations</source>
        <translation>认可例外说明</translation>
    </message>
    <message>
        <source>Reviewer</source>
        <translation>审查人</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
</context>
<context>
    <name>AddControlAlgorithm</name>
    <message>
        <source>Add control layer</source>
        <translation>导入管控图层</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Source layer or table</source>
        <translation>源图层或表</translation>
    </message>
    <message>
        <source>Filter (SQL WHERE of the source)</source>
        <translation>筛选条件（源数据的 SQL WHERE 子句）</translation>
    </message>
    <message>
        <source>Field map</source>
        <translation>字段对照表</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Features</source>
        <translation>图斑数</translation>
    </message>
    <message>
        <source>Repaired</source>
        <translation>修复数</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Imports a control layer into the file beside the plan file, transformed to the plan&apos;s coordinates and repaired; what cannot be repaired is set aside and reported. A table without geometry of kind heritage is a protection list, one of kind facility a list of facilities by village, hamlet or coordinates. A layer of another place is refused. Kinds:</source>
        <translation>将管控图层导入规划文件旁的文件，转换到规划坐标系并修复；无法修复的要素搁置并写入报告。heritage 类型的无图形表格作为保护名录，facility 类型的无图形表格作为按村、居民点或坐标定位的设施清单。不在规划范围附近的图层不予导入。类型：</translation>
    </message>
</context>
<context>
    <name>AddFactsAlgorithm</name>
    <message>
        <source>Take facts from a table</source>
        <translation>导入村庄数据</translation>
    </message>
    <message>
        <source>Takes figures of villages and hamlets from any table and keeps each with its source and date. Basic figures replace what the plan holds where they are newer; contradictions are reported. Other columns are taken when the field map names them. Items:</source>
        <translation>从任意表格导入行政村和居民点的数据，每个数值都保留来源和日期。户数、人口、宅基地等基本数据以日期较新者为准，矛盾在报告中列出；其他列须在字段对照表中指定后导入。可识别的数据项：</translation>
    </message>
    <message>
        <source>Table of facts</source>
        <translation>数据表</translation>
    </message>
    <message>
        <source>Units of the rows</source>
        <translation>各行对应</translation>
    </message>
    <message>
        <source>Field map</source>
        <translation>字段对照表</translation>
    </message>
    <message>
        <source>Date of the figures (YYYY-MM-DD)</source>
        <translation>数据日期（YYYY-MM-DD）</translation>
    </message>
    <message>
        <source>Rows accepted</source>
        <translation>接受行数</translation>
    </message>
    <message>
        <source>Rows rejected</source>
        <translation>退回行数</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
</context>
<context>
    <name>AddLimitsAlgorithm</name>
    <message>
        <source>Take limits from above</source>
        <translation>导入上级指标与名单</translation>
    </message>
    <message>
        <source>Takes what the superior level has fixed: figures per township or county (kind quota, a column per item or a row per item; areas name their unit), or a list of villages with category or action (kind villages). The report gives the reason for each wrong row. Items:</source>
        <translation>导入上级确定的内容：乡镇或县的下达指标（quota，每项指标一列或一行，面积须注明单位），或已确定类别、布局引导的村庄名单（villages）。不能采纳的行在报告中逐行说明原因。可识别的指标：</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Table of limits</source>
        <translation>指标表或名单</translation>
    </message>
    <message>
        <source>Field map</source>
        <translation>字段对照表</translation>
    </message>
    <message>
        <source>Rows accepted</source>
        <translation>接受行数</translation>
    </message>
    <message>
        <source>Rows rejected</source>
        <translation>退回行数</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
</context>
<context>
    <name>ApprovalDialog</name>
    <message>
        <source>Approval steps</source>
        <translation>审批步骤</translation>
    </message>
    <message>
        <source>The plan's status is “{0}”. A step that is recorded cannot be undone.</source>
        <translation>规划当前状态为“{0}”。审批步骤登记后不能撤销。</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文号/文件</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>经办人</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>Next step</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Last day of the public notice</source>
        <translation>公示截止日</translation>
    </message>
    <message>
        <source>Document (number or name)</source>
        <translation>文号或文件名称</translation>
    </message>
    <message>
        <source>Person in charge</source>
        <translation>经办人</translation>
    </message>
    <message>
        <source>Legal ground of the revision</source>
        <translation>修改的法定依据</translation>
    </message>
    <message>
        <source>Evidence (file)</source>
        <translation>附件（文件）</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Keep a copy of the file in the plan</source>
        <translation>将文件副本存入规划文件</translation>
    </message>
    <message>
        <source>First day of the public notice</source>
        <translation>公示起始日</translation>
    </message>
    <message>
        <source>The notice lasts at least {0} days; its first and last day count.</source>
        <translation>批前公示不少于 {0} 日，首尾两日均计入。</translation>
    </message>
    <message>
        <source>The adopted scenario has not been checked.</source>
        <translation>采纳方案尚未质检。</translation>
    </message>
    <message>
        <source>{0} serious findings (A) of the adopted scenario are open.</source>
        <translation>采纳方案还有 {0} 个 A 类（严重）问题未处理。</translation>
    </message>
    <message>
        <source>With the approval the decisions are locked and their state is kept.</source>
        <translation>登记批复后，分类、布局引导和迁并任务即被锁定，并留存批复成果。</translation>
    </message>
    <message>
        <source>A revision unlocks the decisions; the approved state stays, and every difference from it is reported.</source>
        <translation>启动修改后可重新编辑；批复成果保留，所有差异均列入修改对照表。</translation>
    </message>
    <message>
        <source>The plan goes back to drafting; the steps so far stay on record.</source>
        <translation>规划退回编制，已登记的步骤保留。</translation>
    </message>
    <message>
        <source>back to drafting (退回修改)</source>
        <translation>退回修改（回到编制）</translation>
    </message>
    <message>
        <source> to {0}</source>
        <translation> 至 {0}</translation>
    </message>
</context>
<context>
    <name>CheckAlgorithm</name>
    <message>
        <source>Check plan</source>
        <translation>规划质检</translation>
    </message>
    <message>
        <source>Runs the rules on the plan, stores the findings in the plan file and, on wish, writes them to a vector file or a CSV table. A rule whose layer is missing is reported as not checked, never as passed. Counts leave out findings that a waiver excuses.</source>
        <translation>对规划执行质检规则，将问题存入规划文件，并可输出为矢量文件或 CSV 表。缺少所需图层的规则列为“未检查”，不视为通过。已有例外说明的问题不计入数量。</translation>
    </message>
    <message>
        <source>Rules, separated by commas (empty: all)</source>
        <translation>规则，以逗号分隔（留空为全部）</translation>
    </message>
    <message>
        <source>Waived</source>
        <translation>例外说明数</translation>
    </message>
</context>
<context>
    <name>ClassifyDock</name>
    <message>
        <source>Classify</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>Filter by name or code</source>
        <translation>按名称或代码筛选</translation>
    </message>
    <message>
        <source>Undecided</source>
        <translation>未定</translation>
    </message>
    <message>
        <source>Only villages that lack a category, or the action of a hamlet</source>
        <translation>只显示尚未分类，或有居民点未确定布局引导的村</translation>
    </message>
    <message>
        <source>Undo (Ctrl+Z)</source>
        <translation>撤销（Ctrl+Z）</translation>
    </message>
    <message>
        <source>Redo (Ctrl+Y)</source>
        <translation>恢复（Ctrl+Y）</translation>
    </message>
    <message>
        <source>All townships</source>
        <translation>全部乡镇</translation>
    </message>
    <message>
        <source>{0} of {1} villages shown, {2} undecided</source>
        <translation>显示 {0} / {1} 个村，{2} 个未定</translation>
    </message>
</context>
<context>
    <name>CommitteesDialog</name>
    <message>
        <source>Settle the residents&apos; committees</source>
        <translation>居委会定性</translation>
    </message>
    <message>
        <source>Committee</source>
        <translation>居委会</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Decision</source>
        <translation>处理结果</translation>
    </message>
    <message>
        <source>Set the selected to</source>
        <translation>将所选设为</translation>
    </message>
    <message>
        <source>Explanation</source>
        <translation>处理说明</translation>
    </message>
</context>
<context>
    <name>CompareDialog</name>
    <message>
        <source>Compare scenarios</source>
        <translation>方案比较</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Figure</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>{0} differences; a double click shows the village or hamlet</source>
        <translation>共 {0} 处不同；双击可定位到该村或居民点</translation>
    </message>
    <message>
        <source>Township</source>
        <translation>乡镇</translation>
    </message>
    <message>
        <source>Village</source>
        <translation>行政村</translation>
    </message>
    <message>
        <source>Hamlet</source>
        <translation>居民点</translation>
    </message>
    <message>
        <source>Item</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Hamlets without action</source>
        <translation>未定布局引导的居民点（个）</translation>
    </message>
    <message>
        <source>Villages withdrawn as a whole</source>
        <translation>整村撤并的行政村（个）</translation>
    </message>
    <message>
        <source>Hamlets withdrawn</source>
        <translation>撤并居民点（个）</translation>
    </message>
    <message>
        <source>Moves</source>
        <translation>迁并任务</translation>
    </message>
    <message>
        <source>Households to move</source>
        <translation>迁并户数</translation>
    </message>
    <message>
        <source>Persons to move</source>
        <translation>迁并人口</translation>
    </message>
    <message>
        <source>Cleared by moves (m²)</source>
        <translation>迁并拆旧面积（m²）</translation>
    </message>
    <message>
        <source>Built for moves (m²)</source>
        <translation>迁并建新面积（m²）</translation>
    </message>
    <message>
        <source>Reclaimed (m²)</source>
        <translation>复垦面积（m²）</translation>
    </message>
    <message>
        <source>Land at the base (m²)</source>
        <translation>基期村庄建设用地（m²）</translation>
    </message>
    <message>
        <source>Land planned (m²)</source>
        <translation>规划村庄建设用地（m²）</translation>
    </message>
    <message>
        <source>Net change of land (m²)</source>
        <translation>净增减（m²）</translation>
    </message>
    <message>
        <source>Newly built outside the base (m²)</source>
        <translation>新增占地（m²）</translation>
    </message>
    <message>
        <source>Findings A (serious)</source>
        <translation>A 类问题（严重）</translation>
    </message>
    <message>
        <source>Findings B (important)</source>
        <translation>B 类问题（重要）</translation>
    </message>
    <message>
        <source>Findings C (minor)</source>
        <translation>C 类问题（一般）</translation>
    </message>
    <message>
        <source>Checked</source>
        <translation>质检时间</translation>
    </message>
    <message>
        <source>Villages: {0}</source>
        <translation>{0}（村）</translation>
    </message>
    <message>
        <source>Villages without category</source>
        <translation>未分类（村）</translation>
    </message>
    <message>
        <source>not checked</source>
        <translation>未质检</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>村庄类别</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>布局引导</translation>
    </message>
    <message>
        <source>undecided</source>
        <translation>未定</translation>
    </message>
    <message>
        <source>unphased</source>
        <translation>未定时序</translation>
    </message>
    <message>
        <source>→{0} {1}, {2} households</source>
        <translation>→{0} {1}，{2} 户</translation>
    </message>
    <message>
        <source>{0} (adopted)</source>
        <translation>{0}（采纳）</translation>
    </message>
</context>
<context>
    <name>ConsentForm</name>
    <message>
        <source>Of</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>形式</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>In favour / attended / eligible</source>
        <translation>同意 / 实到 / 应到</translation>
    </message>
    <message>
        <source>Add record</source>
        <translation>添加记录</translation>
    </message>
    <message>
        <source>Save record</source>
        <translation>保存记录</translation>
    </message>
    <message>
        <source>Remove record</source>
        <translation>删除记录</translation>
    </message>
    <message>
        <source>Eligible</source>
        <translation>应到</translation>
    </message>
    <message>
        <source>Attended</source>
        <translation>实到</translation>
    </message>
    <message>
        <source>In favour</source>
        <translation>同意</translation>
    </message>
    <message>
        <source>Basis</source>
        <translation>依据</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>决议文件</translation>
    </message>
</context>
<context>
    <name>ControlDialog</name>
    <message>
        <source>Add control layer</source>
        <translation>导入管控图层</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源文件</translation>
    </message>
    <message>
        <source>Layer in a container</source>
        <translation>库内图层名</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选条件</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>The layer is copied into the file beside the plan, transformed and repaired. Of a geodatabase (.gdb) choose any file in its folder, then the layer. A protection list and a list of facilities may also be tables.</source>
        <translation>图层将复制到规划文件旁的管控图层库，并转换坐标、修复图形。如来源是地理数据库（.gdb），请选择其文件夹内任一文件，再选择图层。保护名录和设施清单也可以是表格。</translation>
    </message>
</context>
<context>
    <name>CreatePlanAlgorithm</name>
    <message>
        <source>Create plan</source>
        <translation>新建规划</translation>
    </message>
    <message>
        <source>Plan file</source>
        <translation>规划文件</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>成果标准</translation>
    </message>
    <message>
        <source>Title of the plan</source>
        <translation>规划名称</translation>
    </message>
    <message>
        <source>County code (6 digits)</source>
        <translation>县级行政区代码（6 位）</translation>
    </message>
    <message>
        <source>Base year</source>
        <translation>基期年</translation>
    </message>
    <message>
        <source>Target years, separated by commas</source>
        <translation>目标年，以逗号分隔</translation>
    </message>
    <message>
        <source>Village roster</source>
        <translation>村庄名册</translation>
    </message>
    <message>
        <source>Other rosters to compare</source>
        <translation>参与比对的其他名册</translation>
    </message>
    <message>
        <source>Village polygons</source>
        <translation>行政村界线</translation>
    </message>
    <message>
        <source>Township polygons</source>
        <translation>乡镇界线</translation>
    </message>
    <message>
        <source>Settlement patches</source>
        <translation>居民点用地</translation>
    </message>
    <message>
        <source>Field map</source>
        <translation>字段对照表</translation>
    </message>
    <message>
        <source>Replace an existing plan file</source>
        <translation>覆盖已有规划文件</translation>
    </message>
    <message>
        <source>Villages</source>
        <translation>村庄数</translation>
    </message>
    <message>
        <source>Roster differences</source>
        <translation>名册差异数</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Land-use layer, for patches where there is no patch layer</source>
        <translation>地类图斑（无居民点用地图层时由其提取）</translation>
    </message>
    <message>
        <source>Creates a plan file (.gpkg) from a village roster and from layers of villages, townships and settlement patches; without patches, built village land of a land-use layer becomes patches, each given to the hamlet that it holds or the nearest, for checking. Columns are recognised by name and content. Other rosters are compared with the first; every difference is kept for settlement. The report says row by row what was changed, joined or left over. The source files are not changed. A layer inside a container is named as path|layername=name.</source>
        <translation>根据村庄名册和行政村、乡镇、居民点用地图层建立规划文件（.gpkg）；没有居民点用地图层时，由地类图斑中的村庄建设用地提取，归入所含或最近的居民点并待核对。字段按名称和内容自动识别。其他名册与主名册逐一比对，差异全部保留待处理。报告逐行说明哪些数据被修改、已连接或未匹配。源文件不会被改动。数据库或容器中的图层写作“路径|layername=图层名”。</translation>
    </message>
    <message>
        <source>Institute that makes the plan</source>
        <translation>编制单位</translation>
    </message>
</context>
<context>
    <name>DecideAlgorithm</name>
    <message>
        <source>Take decisions from a table</source>
        <translation>从表格录入布局决定</translation>
    </message>
    <message>
        <source>Takes categories, actions, moves and consents from a table (one row per hamlet, several rows for several moves). The rows of a village are taken together or refused together; the report gives the reason for each wrong row.</source>
        <translation>从表格录入村庄类别、布局引导、迁并任务和村民意愿（每个居民点一行，多项迁并任务可占多行）。同一村庄的各行一并接受或一并退回，报告列出每一错误行的原因。</translation>
    </message>
    <message>
        <source>Table of decisions</source>
        <translation>布局决定表</translation>
    </message>
    <message>
        <source>Rows accepted</source>
        <translation>接受行数</translation>
    </message>
    <message>
        <source>Rows rejected</source>
        <translation>退回行数</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
</context>
<context>
    <name>DecisionButtons</name>
    <message>
        <source>{0} (key {1})</source>
        <translation>{0}（按键 {1}）</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Take back the category of villages or the action of hamlets (key Delete)</source>
        <translation>取消所选村的类别，或所选居民点的布局引导（Delete 键）</translation>
    </message>
</context>
<context>
    <name>Decisions</name>
    <message>
        <source>category cleared</source>
        <translation>取消分类</translation>
    </message>
    <message>
        <source>action cleared</source>
        <translation>取消布局引导</translation>
    </message>
    <message>
        <source>grounds</source>
        <translation>填写理由</translation>
    </message>
    <message>
        <source>move added</source>
        <translation>添加迁并任务</translation>
    </message>
    <message>
        <source>move changed</source>
        <translation>修改迁并任务</translation>
    </message>
    <message>
        <source>move removed</source>
        <translation>删除迁并任务</translation>
    </message>
    <message>
        <source>consent recorded</source>
        <translation>登记村民意愿</translation>
    </message>
    <message>
        <source>consent changed</source>
        <translation>修改村民意愿</translation>
    </message>
    <message>
        <source>consent removed</source>
        <translation>删除村民意愿</translation>
    </message>
    <message>
        <source>{0} and {1} more</source>
        <translation>{0}等（另 {1} 个）</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}：{1}</translation>
    </message>
    <message>
        <source>patches given</source>
        <translation>用地调整归属</translation>
    </message>
    <message>
        <source>{0} patches checked</source>
        <translation>核对 {0} 块用地</translation>
    </message>
</context>
<context>
    <name>DeliverDock</name>
    <message>
        <source>Deliver</source>
        <translation>成果</translation>
    </message>
    <message>
        <source>{0} stop the package, {1} will be asked about, {2} in order.</source>
        <translation>{0} 项不满足、不能生成，{1} 项需留意，{2} 项符合。</translation>
    </message>
    <message>
        <source>Write package</source>
        <translation>生成成果包</translation>
    </message>
    <message>
        <source>Inspect package</source>
        <translation>成果质检</translation>
    </message>
    <message>
        <source>No plan is open. Open a plan to write its package; a package can be inspected without one.</source>
        <translation>尚未打开规划。打开规划后才能生成成果包；成果质检不需要打开规划。</translation>
    </message>
    <message>
        <source>Go and mend</source>
        <translation>去处理</translation>
    </message>
    <message>
        <source>Check all</source>
        <translation>全部质检</translation>
    </message>
    <message>
        <source>Readiness</source>
        <translation>提交前核查</translation>
    </message>
    <message>
        <source>as the package says</source>
        <translation>按成果包的说明</translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation>开始质检</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>or zip file</source>
        <translation>或 zip 压缩包</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>成果标准</translation>
    </message>
    <message>
        <source>Choose the folder of a package, or a zip file, of this or any other program. Nothing in it is changed or run.</source>
        <translation>请选择成果包文件夹或 zip 文件，其他软件生成的也可以。不会改动或运行其中任何内容。</translation>
    </message>
    <message>
        <source>What stands in red stops this package</source>
        <translation>红色条件未满足，不能生成该成果包</translation>
    </message>
    <message>
        <source>Package of {0} files: {1}</source>
        <translation>成果包共 {0} 个文件：{1}</translation>
    </message>
    <message>
        <source>Read plan from it…</source>
        <translation>由它读回规划…</translation>
    </message>
    <message>
        <source>Make a plan file of what this package carries</source>
        <translation>把成果包所含的内容做成规划文件</translation>
    </message>
    <message>
        <source>A plan file with your own control layers: the plan is judged by them, not by the copies in the package</source>
        <translation>选一个已导入管控图层的规划文件：规划规则按其中的图层核查，不采用成果包自带的同类图层</translation>
    </message>
    <message>
        <source>Reference (optional)</source>
        <translation>审查底图（可选）</translation>
    </message>
</context>
<context>
    <name>DeliverForm</name>
    <message>
        <source>Contact for questions, in the metadata; never in a notice edition</source>
        <translation>写入元数据；公示稿不写</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Formal</source>
        <translation>正式成果</translation>
    </message>
    <message>
        <source>A draft is always possible and says so. A formal package is refused while a serious finding is open.</source>
        <translation>随时可以生成草稿，草稿会注明“草稿”字样。存在未处理的严重问题时不能生成正式成果。</translation>
    </message>
    <message>
        <source>Edition</source>
        <translation>成果版本</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>Scenario</source>
        <translation>方案</translation>
    </message>
    <message>
        <source>Formats</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Contact</source>
        <translation>联系人</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Tables (xlsx)</source>
        <translation>表格（xlsx）</translation>
    </message>
    <message>
        <source>Tables as lists (csv)</source>
        <translation>表格清单（csv）</translation>
    </message>
    <message>
        <source>Texts (docx)</source>
        <translation>文本（docx）</translation>
    </message>
    <message>
        <source>Map sheets</source>
        <translation>图件</translation>
    </message>
    <message>
        <source>Map sheets of each township</source>
        <translation>分乡镇图集</translation>
    </message>
    <message>
        <source>Deliver the control lines too</source>
        <translation>成果中包含管控线图形</translation>
    </message>
    <message>
        <source>Take the tick off where control lines must not leave the office; a notice edition never has them</source>
        <translation>管控线不便外发时取消勾选；公示稿始终不含管控线</translation>
    </message>
    <message>
        <source>Texts as PDF</source>
        <translation>文本 PDF</translation>
    </message>
</context>
<context>
    <name>DemoAlgorithm</name>
    <message>
        <source>Write demo data</source>
        <translation>生成示例数据</translation>
    </message>
    <message>
        <source>Writes the source files of a fictitious township or county as planners have them: rosters, village and patch polygons, land use, control lines, decisions. With known faults it also writes what a check must find.</source>
        <translation>生成一个虚构乡镇或县的源数据，形式与实际工作中的资料一致：名册、行政村和居民点用地、三调地类图斑、管控线、布局决定。选择预置已知问题时，同时给出质检应当发现的问题清单。</translation>
    </message>
    <message>
        <source>Folder to write to</source>
        <translation>输出文件夹</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>规模</translation>
    </message>
    <message>
        <source>Planted faults</source>
        <translation>预置问题</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Folder of the source files</source>
        <translation>源数据文件夹</translation>
    </message>
    <message>
        <source>What a check must find</source>
        <translation>质检应发现的问题</translation>
    </message>
    <message>
        <source>Steps to run</source>
        <translation>执行步骤</translation>
    </message>
</context>
<context>
    <name>DemoDialog</name>
    <message>
        <source>Demo</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>Writes the files of a fictitious township, makes a plan of them and opens it. Choose an empty folder.</source>
        <translation>生成一个虚构乡镇的源文件，据此新建规划并打开。请选择一个空文件夹。</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
</context>
<context>
    <name>DeskWindow</name>
    <message>
        <source>Check</source>
        <translation>质检</translation>
    </message>
    <message>
        <source>New plan…</source>
        <translation>新建规划…</translation>
    </message>
    <message>
        <source>Open plan…</source>
        <translation>打开规划…</translation>
    </message>
    <message>
        <source>Demo…</source>
        <translation>示例…</translation>
    </message>
    <message>
        <source>Classify</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>Add control layer…</source>
        <translation>导入管控图层…</translation>
    </message>
    <message>
        <source>Inspect package…</source>
        <translation>成果质检…</translation>
    </message>
    <message>
        <source>Open plan</source>
        <translation>打开规划</translation>
    </message>
    <message>
        <source>Plan file</source>
        <translation>规划文件</translation>
    </message>
    <message>
        <source>New plan</source>
        <translation>新建规划</translation>
    </message>
    <message>
        <source>Demo</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>Add control layer</source>
        <translation>导入管控图层</translation>
    </message>
    <message>
        <source>{0} villages, {1} roster differences to settle. The report tells row by row what was taken.</source>
        <translation>共 {0} 个村，{1} 处名录差异待处理。逐行采用情况见报告。</translation>
    </message>
    <message>
        <source>{0} features taken, {1} repaired, {2} set aside.</source>
        <translation>共导入 {0} 个要素，修复 {1} 个，搁置 {2} 个。</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>总览</translation>
    </message>
    <message>
        <source>Import table…</source>
        <translation>导入表格…</translation>
    </message>
    <message>
        <source>Import table</source>
        <translation>导入表格</translation>
    </message>
    <message>
        <source>{0} rows taken, {1} not taken. The report gives the reasons.</source>
        <translation>采纳 {0} 行，未采纳 {1} 行，原因见报告。</translation>
    </message>
    <message>
        <source>Deliver</source>
        <translation>成果</translation>
    </message>
    <message>
        <source>Save project into the plan file</source>
        <translation>将工程保存到规划文件</translation>
    </message>
    <message>
        <source>Open the plan&apos;s project</source>
        <translation>打开规划文件中的工程</translation>
    </message>
    <message>
        <source>Manual</source>
        <translation>使用手册</translation>
    </message>
    <message>
        <source>Read plan from package…</source>
        <translation>由成果包读回规划…</translation>
    </message>
</context>
<context>
    <name>DestinationEdit</name>
    <message>
        <source>part of a name or code</source>
        <translation>名称或代码的一部分</translation>
    </message>
    <message>
        <source>name of the place</source>
        <translation>迁入地名称</translation>
    </message>
</context>
<context>
    <name>Details</name>
    <message>
        <source>Grounds</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>Moves</source>
        <translation>迁并</translation>
    </message>
    <message>
        <source>Consent</source>
        <translation>意愿</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>undone</source>
        <translation>已撤销</translation>
    </message>
    <message>
        <source>Select villages or hamlets in the table or on the map.</source>
        <translation>请在表格中或地图上选择行政村或居民点。</translation>
    </message>
    <message>
        <source>{0}: choose a category first.</source>
        <translation>{0}：请先选择村庄类别。</translation>
    </message>
    <message>
        <source>{0}: choose an action first.</source>
        <translation>{0}：请先选择布局引导。</translation>
    </message>
    <message>
        <source>Category of {0}</source>
        <translation>{0}的村庄类别</translation>
    </message>
    <message>
        <source>Action of {0}</source>
        <translation>{0}的布局引导</translation>
    </message>
    <message>
        <source>unphased</source>
        <translation>未定时序</translation>
    </message>
    <message>
        <source>whole village</source>
        <translation>全村</translation>
    </message>
    <message>
        <source>Land</source>
        <translation>用地</translation>
    </message>
    <message>
        <source>{0} patches to check</source>
        <translation>{0} 块用地待核对</translation>
    </message>
</context>
<context>
    <name>DifferencesDialog</name>
    <message>
        <source>Open differences between rosters</source>
        <translation>待处理的名录差异</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>What differs</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>Settle…</source>
        <translation>处理…</translation>
    </message>
    <message>
        <source>{0} differences are open.</source>
        <translation>共 {0} 处差异待处理。</translation>
    </message>
</context>
<context>
    <name>ExplainDialog</name>
    <message>
        <source>{0} findings get the same explanation. The first: {1}</source>
        <translation>将对 {0} 个问题作同一例外说明，第一个：{1}</translation>
    </message>
    <message>
        <source>Without evidence this finding stays open: name the document of the prior review.</source>
        <translation>没有佐证材料，该问题仍为未解决：请填写前置审查等文件。</translation>
    </message>
    <message>
        <source>Explain findings</source>
        <translation>例外说明（举证）</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>Explained by</source>
        <translation>说明人</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>佐证材料</translation>
    </message>
    <message>
        <source>Title and number of the document</source>
        <translation>文件名称、文号</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>Copy into the plan file</source>
        <translation>存入规划文件</translation>
    </message>
    <message>
        <source>Else the document is linked, and its checksum tells when it was changed</source>
        <translation>不勾选则只登记链接，并以校验值识别文件是否被改动</translation>
    </message>
</context>
<context>
    <name>FactsDialog</name>
    <message>
        <source>Plan particulars</source>
        <translation>规划信息</translation>
    </message>
    <message>
        <source>They stand on the title page and the map sheets, in the file names and in the metadata.</source>
        <translation>用于扉页、图件、文件名和元数据。</translation>
    </message>
    <message>
        <source>Title of the plan</source>
        <translation>规划名称</translation>
    </message>
    <message>
        <source>County code</source>
        <translation>县级行政区代码</translation>
    </message>
    <message>
        <source>County</source>
        <translation>县级行政区名称</translation>
    </message>
    <message>
        <source>Institute</source>
        <translation>编制单位</translation>
    </message>
    <message>
        <source>Secrecy mark</source>
        <translation>密级</translation>
    </message>
</context>
<context>
    <name>FindingPane</name>
    <message>
        <source>Settle the difference…</source>
        <translation>处理该差异…</translation>
    </message>
    <message>
        <source>Choose a finding to read it whole; the map goes there.</source>
        <translation>点选一条问题可查看全文，地图同时定位到该处。</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Against</source>
        <translation>相关对象</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>实测值</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>限值</translation>
    </message>
    <message>
        <source>Basis</source>
        <translation>依据</translation>
    </message>
    <message>
        <source>households</source>
        <translation>户</translation>
    </message>
    <message>
        <source>persons</source>
        <translation>人</translation>
    </message>
    <message>
        <source>persons per household</source>
        <translation>人/户</translation>
    </message>
    <message>
        <source>m² per household</source>
        <translation>m²/户</translation>
    </message>
    <message>
        <source>m² per person</source>
        <translation>m²/人</translation>
    </message>
    <message>
        <source>Explain…</source>
        <translation>例外说明…</translation>
    </message>
    <message>
        <source>Say why the finding stands, with evidence (key E)</source>
        <translation>说明该问题为何成立，并附佐证材料（快捷键 E）</translation>
    </message>
    <message>
        <source>Accept…</source>
        <translation>认可…</translation>
    </message>
    <message>
        <source>As reviewer, accept the explanation</source>
        <translation>由审查人员认可该例外说明</translation>
    </message>
    <message>
        <source>Take acceptance back</source>
        <translation>撤回认可</translation>
    </message>
    <message>
        <source>Take explanation back</source>
        <translation>撤回说明</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Found first</source>
        <translation>首次发现</translation>
    </message>
    <message>
        <source> (new)</source>
        <translation>（新增）</translation>
    </message>
    <message>
        <source>Change explanation…</source>
        <translation>修改说明…</translation>
    </message>
    <message>
        <source>copied into the plan file</source>
        <translation>已存入规划文件</translation>
    </message>
    <message>
        <source>linked</source>
        <translation>链接</translation>
    </message>
    <message>
        <source>linked, but the file has changed since</source>
        <translation>链接，但文件已被改动</translation>
    </message>
    <message>
        <source>linked, but the file is gone</source>
        <translation>链接，但文件已不在原处</translation>
    </message>
    <message>
        <source>linked, but the file cannot be read</source>
        <translation>链接，但文件无法读取</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>Explained by</source>
        <translation>说明人</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>佐证材料</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>Accepted by</source>
        <translation>认可人</translation>
    </message>
    <message>
        <source>villages</source>
        <translation>个村</translation>
    </message>
    <message>
        <source>about this rule</source>
        <translation>规则说明</translation>
    </message>
    <message>
        <source>parts</source>
        <translation>个部分</translation>
    </message>
    <message>
        <source>vertices</source>
        <translation>处</translation>
    </message>
    <message>
        <source>Rule is</source>
        <translation>规则可信度</translation>
    </message>
    <message>
        <source>from a public source</source>
        <translation>有公开来源</translation>
    </message>
    <message>
        <source>remembered, to be checked against the text</source>
        <translation>凭记忆，待核对原文</translation>
    </message>
    <message>
        <source>a proposal of this program</source>
        <translation>本软件的建议</translation>
    </message>
</context>
<context>
    <name>FindingRows</name>
    <message>
        <source>open</source>
        <translation>未解决</translation>
    </message>
    <message>
        <source>explained</source>
        <translation>已举证</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>已认可</translation>
    </message>
    <message>
        <source>gone</source>
        <translation>已整改</translation>
    </message>
    <message>
        <source>not checked</source>
        <translation>未检查</translation>
    </message>
    <message>
        <source>Its explanation no longer holds: what it explained has changed. Explain it again, or mend it.</source>
        <translation>原例外说明已失效：所说明的内容已经变化。请重新说明或整改。</translation>
    </message>
    <message>
        <source>Its explanation does not excuse it yet: this rule asks for evidence. Add the document that proves it.</source>
        <translation>例外说明尚未生效：本规则要求佐证材料。请补充证明文件。</translation>
    </message>
</context>
<context>
    <name>FindingsDock</name>
    <message>
        <source>No plan is open.</source>
        <translation>尚未打开规划。</translation>
    </message>
    <message>
        <source>Check of {0}</source>
        <translation>质检时间：{0}</translation>
    </message>
    <message>
        <source>Check of {0}: nothing found.</source>
        <translation>质检时间：{0}，未发现问题。</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>质检</translation>
    </message>
    <message>
        <source>Check what changed</source>
        <translation>质检变化部分</translation>
    </message>
    <message>
        <source>Export findings</source>
        <translation>导出质检记录</translation>
    </message>
    <message>
        <source>{0} lines written: {1}</source>
        <translation>已写出 {0} 行：{1}</translation>
    </message>
    <message>
        <source>Check all</source>
        <translation>全部质检</translation>
    </message>
    <message>
        <source>Runs only the rules whose data have changed since they ran last; the result is that of a full check</source>
        <translation>只运行上次质检后数据有变化的规则，结果与全部质检相同</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>After an edit run the quick rules again at once</source>
        <translation>改动后自动重新运行耗时短的规则</translation>
    </message>
    <message>
        <source>The plan has not been checked yet. Press “Check all”.</source>
        <translation>规划尚未质检。请点“全部质检”。</translation>
    </message>
    <message>
        <source>The plan has changed: the findings of {0} rules may be out of date ({1}).</source>
        <translation>规划有改动，{0} 条规则的结果可能已过期（{1}）。</translation>
    </message>
    <message>
        <source>Whole plan</source>
        <translation>全域</translation>
    </message>
    <message>
        <source>{0} serious, {1} important, {2} minor; {3} not checked.</source>
        <translation>严重 {0}，重要 {1}，一般 {2}；未检查 {3} 项。</translation>
    </message>
    <message>
        <source>Nothing has changed.</source>
        <translation>没有变化。</translation>
    </message>
    <message>
        <source>{0} new, {1} gone.</source>
        <translation>新增 {0}，消除 {1}。</translation>
    </message>
</context>
<context>
    <name>FindingsModel</name>
    <message>
        <source>Severity</source>
        <translation>等级</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>new</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>unchecked</source>
        <translation>未检</translation>
    </message>
</context>
<context>
    <name>FindingsView</name>
    <message>
        <source>All townships</source>
        <translation>全部乡镇</translation>
    </message>
    <message>
        <source>Open and not checked</source>
        <translation>未解决和未检查</translation>
    </message>
    <message>
        <source>New or gone</source>
        <translation>新增/消除</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>Gone</source>
        <translation>消除</translation>
    </message>
    <message>
        <source>Explained</source>
        <translation>已举证</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>已认可</translation>
    </message>
    <message>
        <source>All states</source>
        <translation>全部状态</translation>
    </message>
    <message>
        <source>Plain list</source>
        <translation>不分组</translation>
    </message>
    <message>
        <source>By rule</source>
        <translation>按规则</translation>
    </message>
    <message>
        <source>By village</source>
        <translation>按行政村</translation>
    </message>
    <message>
        <source>Filter by words, name or code</source>
        <translation>按文字、名称或代码筛选</translation>
    </message>
    <message>
        <source>New and gone: compared with the check before the last one that was asked for</source>
        <translation>新增、消除：最近一次质检与其前一次相比</translation>
    </message>
    <message>
        <source>Previous finding (Shift+F8)</source>
        <translation>上一个问题（Shift+F8）</translation>
    </message>
    <message>
        <source>Next finding (F8)</source>
        <translation>下一个问题（F8）</translation>
    </message>
    <message>
        <source>A serious</source>
        <translation>A 严重</translation>
    </message>
    <message>
        <source>B important</source>
        <translation>B 重要</translation>
    </message>
    <message>
        <source>C minor</source>
        <translation>C 一般</translation>
    </message>
    <message>
        <source>not checked</source>
        <translation>未检查</translation>
    </message>
</context>
<context>
    <name>Freshness</name>
    <message>
        <source>Look for findings that are out of date</source>
        <translation>查找可能过期的质检结果</translation>
    </message>
</context>
<context>
    <name>HelpButton</name>
    <message>
        <source>Help: this page of the manual</source>
        <translation>帮助：打开手册中的本页</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
</context>
<context>
    <name>ImplementAlgorithm</name>
    <message>
        <source>Take the implementation ledger from a table</source>
        <translation>从表格导入实施台账</translation>
    </message>
    <message>
        <source>Takes what was carried out in each year (a row per move and year: village, hamlet, phase or destination where a hamlet has several moves, year, households, areas) into the ledger of an approved plan. The report gives the reason for each row that is refused.</source>
        <translation>把各年度实施情况（每行一项迁并任务的一个年度：行政村、自然村，一个自然村有多项任务时填时序或迁入地，年度、户数、面积）登记到已批复规划的实施台账。报告逐行说明退回原因。</translation>
    </message>
    <message>
        <source>Table of actual figures</source>
        <translation>实施台账表</translation>
    </message>
    <message>
        <source>Rows accepted</source>
        <translation>采纳行数</translation>
    </message>
    <message>
        <source>Rows rejected</source>
        <translation>退回行数</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
</context>
<context>
    <name>InspectAlgorithm</name>
    <message>
        <source>Inspect package</source>
        <translation>成果质检</translation>
    </message>
    <message>
        <source>Package (folder or zip)</source>
        <translation>成果包（文件夹或 zip）</translation>
    </message>
    <message>
        <source>Profile (empty: the package&apos;s own)</source>
        <translation>成果标准（留空则按成果包自身标准）</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>Inspects a submission package (folder or zip), also one that this program did not write: its tree, whether files open, layers, fields, mandatory values, manifest, and the plan rules on what it holds: by the control layers of the reference, where one is given, else by the package&apos;s own copies. Nothing in the package is executed or changed.</source>
        <translation>对成果包（文件夹或 zip）进行质检，包括并非由本程序生成的成果包：目录结构、文件能否打开、图层、字段、必填项、文件清单，并对其中的规划内容执行质检规则：给出审查底图的按底图的管控图层核查，否则按成果包自带的图层核查。不会执行或改动成果包中的任何内容。</translation>
    </message>
    <message>
        <source>Reference: plan file with the reviewer&apos;s own control layers</source>
        <translation>审查底图（审查方自有管控图层的规划文件）</translation>
    </message>
</context>
<context>
    <name>InspectionPage</name>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation>保存报告…</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>passed</source>
        <translation>已检查项合格</translation>
    </message>
    <message>
        <source>passed, with findings</source>
        <translation>已检查项合格，尚有问题</translation>
    </message>
    <message>
        <source>nothing found, but not everything could be checked</source>
        <translation>未发现问题，但有内容未能检查</translation>
    </message>
    <message>
        <source>not passed</source>
        <translation>不通过</translation>
    </message>
    <message>
        <source>Package {0}</source>
        <translation>成果包 {0}</translation>
    </message>
    <message>
        <source>Package {0} is written: {1} files.</source>
        <translation>成果包 {0} 已生成，共 {1} 个文件。</translation>
    </message>
    <message>
        <source>Inspection: {0}</source>
        <translation>成果质检：{0}</translation>
    </message>
    <message>
        <source>score {0}</source>
        <translation>得分 {0}</translation>
    </message>
    <message>
        <source>Nothing was found, and all that can be checked was checked.</source>
        <translation>未发现问题，可检查的内容均已检查。</translation>
    </message>
    <message>
        <source>Inspection of {0}</source>
        <translation>{0}质检报告</translation>
    </message>
    <message>
        <source>Save report</source>
        <translation>保存报告</translation>
    </message>
    <message>
        <source>Report and list of findings are written: {0}</source>
        <translation>报告和问题清单已写出：{0}</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Control layers: only the package&apos;s own copies, compared with nobody&apos;s</source>
        <translation>管控图层：均为成果包自带，未与审查底图核对</translation>
    </message>
    <message>
        <source>Control layers: {0} kinds of the reference, {1} of the package&apos;s own</source>
        <translation>管控图层：审查底图 {0} 类，成果包自带 {1} 类</translation>
    </message>
</context>
<context>
    <name>LandForm</name>
    <message>
        <source>Patch</source>
        <translation>用地编号</translation>
    </message>
    <message>
        <source>Hamlet</source>
        <translation>居民点</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Area m²</source>
        <translation>面积 m²</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Give to hamlet</source>
        <translation>归入该居民点</translation>
    </message>
    <message>
        <source>Right as it is</source>
        <translation>核对无误</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>未归属</translation>
    </message>
    <message>
        <source>{0} patches are to be checked (red): a double click shows one on the map.</source>
        <translation>有 {0} 块用地待核对（红色），双击可在地图上查看。</translation>
    </message>
</context>
<context>
    <name>LandPane</name>
    <message>
        <source>Base</source>
        <translation>基期</translation>
    </message>
    <message>
        <source>− cleared</source>
        <translation>－ 拆旧腾退</translation>
    </message>
    <message>
        <source>+ newly built</source>
        <translation>＋ 新增占地</translation>
    </message>
    <message>
        <source>= planned</source>
        <translation>＝ 规划期末</translation>
    </message>
    <message>
        <source>Net change</source>
        <translation>净增减</translation>
    </message>
    <message>
        <source>{0} ha</source>
        <translation>{0} 公顷</translation>
    </message>
    <message>
        <source>Base from the land use layer.</source>
        <translation>基期取自三调地类图斑。</translation>
    </message>
    <message>
        <source>Base from the present patches: there is no land use layer.</source>
        <translation>未导入三调地类图斑，基期取自现状居民点用地。</translation>
    </message>
    <message>
        <source>There is neither a land use layer nor a present patch: nothing to measure.</source>
        <translation>既无三调地类图斑，也无现状居民点用地，无法计算。</translation>
    </message>
    <message>
        <source>{0} patches or sites could not be measured and are not in the sums.</source>
        <translation>有 {0} 块用地或安置点无法量算，未计入。</translation>
    </message>
</context>
<context>
    <name>Leads</name>
    <message>
        <source>Differences between rosters</source>
        <translation>名录差异</translation>
    </message>
</context>
<context>
    <name>LedgerDialog</name>
    <message>
        <source>Implementation ledger</source>
        <translation>年度实施台账</translation>
    </message>
    <message>
        <source>Save this year</source>
        <translation>保存本年度</translation>
    </message>
    <message>
        <source>Import a table…</source>
        <translation>导入表格…</translation>
    </message>
    <message>
        <source>“{0}” is not a number. Write a count of households, or an area in m².</source>
        <translation>“{0}”不是有效数字。户数请填整数，面积请填平方米数。</translation>
    </message>
    <message>
        <source>{0} rows of {1} saved.</source>
        <translation>已保存 {1} 年 {0} 行。</translation>
    </message>
    <message>
        <source>Year</source>
        <translation>年度</translation>
    </message>
    <message>
        <source>Township</source>
        <translation>乡镇</translation>
    </message>
    <message>
        <source>Target against actual at the end of each year</source>
        <translation>各年末目标与实际</translation>
    </message>
    <message>
        <source>Village</source>
        <translation>行政村</translation>
    </message>
    <message>
        <source>Hamlet</source>
        <translation>居民点</translation>
    </message>
    <message>
        <source>Destination</source>
        <translation>迁入地</translation>
    </message>
    <message>
        <source>Phase</source>
        <translation>时序</translation>
    </message>
    <message>
        <source>Target (households)</source>
        <translation>任务户数</translation>
    </message>
    <message>
        <source>Households in the year</source>
        <translation>本年实际户数</translation>
    </message>
    <message>
        <source>Cleared m²</source>
        <translation>拆旧 m²</translation>
    </message>
    <message>
        <source>Built m²</source>
        <translation>建新 m²</translation>
    </message>
    <message>
        <source>Reclaimed m²</source>
        <translation>复垦 m²</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>完成率</translation>
    </message>
    <message>
        <source>Carried over</source>
        <translation>结转户数</translation>
    </message>
    <message>
        <source>unphased</source>
        <translation>未定时序</translation>
    </message>
    <message>
        <source>Township or plan</source>
        <translation>乡镇/合计</translation>
    </message>
    <message>
        <source>Due (households)</source>
        <translation>应完成户数</translation>
    </message>
    <message>
        <source>Done in the year</source>
        <translation>本年户数</translation>
    </message>
    <message>
        <source>Done of what was due</source>
        <translation>其中累计完成</translation>
    </message>
    <message>
        <source>All townships</source>
        <translation>全部乡镇</translation>
    </message>
    <message>
        <source>The ledger can be kept only once the plan is approved and while no revision is open.</source>
        <translation>规划批复后、且未处于修改程序中时，才能登记实施台账。</translation>
    </message>
    <message>
        <source>The scenario has no moves.</source>
        <translation>采纳方案没有迁并任务。</translation>
    </message>
    <message>
        <source>Done so far</source>
        <translation>截至本年累计</translation>
    </message>
</context>
<context>
    <name>ManualWindow</name>
    <message>
        <source>Manual</source>
        <translation>使用手册</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Open in browser</source>
        <translation>用浏览器打开</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>MovesForm</name>
    <message>
        <source>From</source>
        <translation>迁出</translation>
    </message>
    <message>
        <source>To</source>
        <translation>去向</translation>
    </message>
    <message>
        <source>Phase</source>
        <translation>时序</translation>
    </message>
    <message>
        <source>Households</source>
        <translation>户数</translation>
    </message>
    <message>
        <source>Persons</source>
        <translation>人口</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>安置方式</translation>
    </message>
    <message>
        <source>Add move</source>
        <translation>添加任务</translation>
    </message>
    <message>
        <source>Save move</source>
        <translation>保存任务</translation>
    </message>
    <message>
        <source>Remove move</source>
        <translation>删除任务</translation>
    </message>
    <message>
        <source>unphased</source>
        <translation>未定时序</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>未填</translation>
    </message>
    <message>
        <source>the rest</source>
        <translation>其余全部</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>迁入地</translation>
    </message>
    <message>
        <source>Cleared m²</source>
        <translation>拆旧 m²</translation>
    </message>
    <message>
        <source>Built m²</source>
        <translation>建新 m²</translation>
    </message>
    <message>
        <source>paddy, dry field, woods …</source>
        <translation>水田、旱地、林地等</translation>
    </message>
    <message>
        <source>Reclaimed m²</source>
        <translation>复垦 m²</translation>
    </message>
    <message>
        <source>Reclaimed to</source>
        <translation>复垦方向</translation>
    </message>
</context>
<context>
    <name>NewPlanDialog</name>
    <message>
        <source>New plan</source>
        <translation>新建规划</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Vector layers</source>
        <translation>矢量图层</translation>
    </message>
    <message>
        <source>Save plan as</source>
        <translation>规划文件保存为</translation>
    </message>
    <message>
        <source>Plan file</source>
        <translation>规划文件</translation>
    </message>
    <message>
        <source>Title of the plan</source>
        <translation>规划名称</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>成果标准</translation>
    </message>
    <message>
        <source>County code</source>
        <translation>县级行政区代码</translation>
    </message>
    <message>
        <source>Base year</source>
        <translation>规划基期年</translation>
    </message>
    <message>
        <source>Target years</source>
        <translation>时序（目标年）</translation>
    </message>
    <message>
        <source>Village roster</source>
        <translation>村庄名录</translation>
    </message>
    <message>
        <source>Other rosters</source>
        <translation>其他名录</translation>
    </message>
    <message>
        <source>Village polygons</source>
        <translation>行政村范围</translation>
    </message>
    <message>
        <source>Township polygons</source>
        <translation>乡镇范围</translation>
    </message>
    <message>
        <source>Settlement patches</source>
        <translation>居民点用地</translation>
    </message>
    <message>
        <source>The source files are only read. Columns are recognised by name and content; a report tells what was taken and what was not. Of a geodatabase (.gdb) choose any file in its folder.</source>
        <translation>资料文件只读取、不改动。字段按名称和内容识别，报告说明哪些已采用、哪些未采用。地理数据库（.gdb）请选择其文件夹中的任意文件。</translation>
    </message>
    <message>
        <source>or land-use layer</source>
        <translation>或地类图斑图层</translation>
    </message>
</context>
<context>
    <name>OverviewDock</name>
    <message>
        <source>Plan</source>
        <translation>总览</translation>
    </message>
    <message>
        <source>Overview of the plan</source>
        <translation>汇总规划总览</translation>
    </message>
    <message>
        <source>Land balance</source>
        <translation>计算建设用地平衡</translation>
    </message>
    <message>
        <source>Steps of the work</source>
        <translation>工作步骤</translation>
    </message>
    <message>
        <source>Villages by category</source>
        <translation>村庄分类（行政村数）</translation>
    </message>
    <message>
        <source>Households to move by phase</source>
        <translation>分期迁并（户数）</translation>
    </message>
    <message>
        <source>Open findings</source>
        <translation>未处理的问题</translation>
    </message>
    <message>
        <source>Village construction land</source>
        <translation>村庄建设用地平衡</translation>
    </message>
    <message>
        <source>Approval steps…</source>
        <translation>审批步骤…</translation>
    </message>
    <message>
        <source>Compare with approval…</source>
        <translation>修改对照…</translation>
    </message>
    <message>
        <source>Ledger…</source>
        <translation>实施台账…</translation>
    </message>
    <message>
        <source>Status: {0}; adopted: {1}</source>
        <translation>状态：{0}；采纳方案：{1}</translation>
    </message>
    <message>
        <source>The plan has not been approved yet: there is nothing to compare with.</source>
        <translation>规划尚未批复，没有可对照的批复成果。</translation>
    </message>
    <message>
        <source>The ledger is kept once the plan is approved.</source>
        <translation>规划批复后才能登记实施台账。</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>未分类</translation>
    </message>
    <message>
        <source>{0} villages</source>
        <translation>{0} 个村</translation>
    </message>
    <message>
        <source>unphased</source>
        <translation>未定时序</translation>
    </message>
    <message>
        <source>{0} households</source>
        <translation>{0} 户</translation>
    </message>
    <message>
        <source>A serious</source>
        <translation>A 严重</translation>
    </message>
    <message>
        <source>B important</source>
        <translation>B 重要</translation>
    </message>
    <message>
        <source>C minor</source>
        <translation>C 一般</translation>
    </message>
    <message>
        <source>This scenario has not been checked yet.</source>
        <translation>本方案尚未质检。</translation>
    </message>
    <message>
        <source>Check of {0}; {1} explained</source>
        <translation>质检时间 {0}；已举证说明 {1} 个</translation>
    </message>
    <message>
        <source>{0} rules were not checked:</source>
        <translation>{0} 条规则未检查：</translation>
    </message>
    <message>
        <source>The plan has changed since: {0} rules may find something else now.</source>
        <translation>质检后规划有改动，{0} 条规则的结果可能已变化，请重新质检。</translation>
    </message>
</context>
<context>
    <name>PackageAlgorithm</name>
    <message>
        <source>Write package</source>
        <translation>生成成果包</translation>
    </message>
    <message>
        <source>Folder to write to</source>
        <translation>输出文件夹</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>Edition</source>
        <translation>成果版本</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>成果包</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件数</translation>
    </message>
    <message>
        <source>Formats, separated by commas (empty: all that the profile requires)</source>
        <translation>格式，以逗号分隔（留空：成果标准要求的全部格式）</translation>
    </message>
    <message>
        <source>Deliver the control lines, where the edition may</source>
        <translation>提交管控线图层（版次允许时）</translation>
    </message>
    <message>
        <source>Writes the submission package into a folder: layers as GeoPackage, FileGDB, shapefiles and VCT, tables, texts, map sheets, attachments, metadata, manifest (formats: gpkg, gdb, shp, vct, xlsx, csv, docx, pdf, sheets, atlas; csv: the tables as lists; pdf: the texts by LibreOffice, where it is installed; atlas: the map sheets of each township). A draft is always possible and says so; a formal edition is refused while a finding of severity A is open or a step that it needs is not on record. The folder changes only when everything succeeded.</source>
        <translation>把成果包写入文件夹：矢量数据（GeoPackage、FileGDB、SHP、VCT）、表格、文本与说明书、图件、附件、元数据和成果清单（格式：gpkg、gdb、shp、vct、xlsx、csv、docx、pdf、sheets、atlas；csv 为表格清单；pdf 为文本，须装有 LibreOffice；atlas 为分乡镇图集）。草稿随时可以生成并注明“草稿”；尚有 A 类问题未解决，或缺少该版次所需的审批记录时，不能生成正式成果。全部完成后文件夹才会改变。</translation>
    </message>
</context>
<context>
    <name>PackageLayer</name>
    <message>
        <source>Findings (places): {0}</source>
        <translation>问题（点）：{0}</translation>
    </message>
    <message>
        <source>Findings (areas): {0}</source>
        <translation>问题（面）：{0}</translation>
    </message>
</context>
<context>
    <name>PackageReading</name>
    <message>
        <source>Read plan from package</source>
        <translation>由成果包读回规划</translation>
    </message>
    <message>
        <source>{0} villages and {1} hamlets read back. The report tells {2} things that the package does not carry.</source>
        <translation>读回行政村 {0} 个、居民点 {1} 个。成果包不含的内容有 {2} 项，见报告。</translation>
    </message>
</context>
<context>
    <name>PlanActions</name>
    <message>
        <source>Compare scenarios</source>
        <translation>方案比较</translation>
    </message>
    <message>
        <source>Compare with approval</source>
        <translation>与批复成果对照</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Import a table into the ledger</source>
        <translation>导入实施台账表</translation>
    </message>
    <message>
        <source>Import the ledger</source>
        <translation>导入实施台账</translation>
    </message>
    <message>
        <source>{0} rows of the ledger taken, {1} refused.</source>
        <translation>实施台账已采纳 {0} 行，退回 {1} 行。</translation>
    </message>
</context>
<context>
    <name>PlanLayers</name>
    <message>
        <source>Findings (places)</source>
        <translation>问题（点）</translation>
    </message>
    <message>
        <source>Findings (areas)</source>
        <translation>问题（面）</translation>
    </message>
    <message>
        <source>Moves</source>
        <translation>迁并任务</translation>
    </message>
    <message>
        <source>Hamlets</source>
        <translation>居民点</translation>
    </message>
    <message>
        <source>Villages by category</source>
        <translation>村庄分类</translation>
    </message>
    <message>
        <source>Control layers</source>
        <translation>管控图层</translation>
    </message>
    <message>
        <source>Not classified</source>
        <translation>未分类</translation>
    </message>
    <message>
        <source>Not decided</source>
        <translation>未定</translation>
    </message>
    <message>
        <source>Unphased</source>
        <translation>未定时序</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>数据表</translation>
    </message>
</context>
<context>
    <name>PlanSession</name>
    <message>
        <source>Compare villages with the development boundary</source>
        <translation>比对村庄与城镇开发边界</translation>
    </message>
    <message>
        <source>Read what another program wrote</source>
        <translation>读取其他程序写入的内容</translation>
    </message>
</context>
<context>
    <name>Processing</name>
    <message>
        <source>Plan file</source>
        <translation>规划文件</translation>
    </message>
    <message>
        <source>Scenario (empty: the adopted one)</source>
        <translation>方案（留空为采用方案）</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Severity A</source>
        <translation>A 类（严重）</translation>
    </message>
    <message>
        <source>Severity B</source>
        <translation>B 类（重要）</translation>
    </message>
    <message>
        <source>Severity C</source>
        <translation>C 类（一般）</translation>
    </message>
    <message>
        <source>Rules not checked</source>
        <translation>未检查的规则数</translation>
    </message>
</context>
<context>
    <name>ProfileChoice</name>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>Choose the folder of a profile of your own</source>
        <translation>选择自己的成果标准文件夹</translation>
    </message>
    <message>
        <source>What of this profile has a public source, and what is a proposal</source>
        <translation>这个标准的哪些内容有公开来源，哪些是建议值</translation>
    </message>
    <message>
        <source>Folder of a profile (it holds profile.json)</source>
        <translation>成果标准文件夹（内有 profile.json）</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>成果标准</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>取值</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>图层</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Map sheet</source>
        <translation>图件</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>成果包</translation>
    </message>
</context>
<context>
    <name>ProjectActions</name>
    <message>
        <source>The project was saved into {0}. It opens without this plugin too, and in QField.</source>
        <translation>工程已保存到 {0}。没有本插件的 QGIS 和 QField 也能打开。</translation>
    </message>
    <message>
        <source>The files had been moved or renamed; the project now reads {0}.</source>
        <translation>文件曾被移动或改名，工程现已改读 {0}。</translation>
    </message>
    <message>
        <source>The plan file holds a project already. Replace it? What was changed in it by hand is lost.</source>
        <translation>规划文件中已有工程，是否替换？其中手工所做的修改将会丢失。</translation>
    </message>
    <message>
        <source>Save project into the plan file</source>
        <translation>将工程保存到规划文件</translation>
    </message>
</context>
<context>
    <name>ProvenanceDialog</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ReadPackageAlgorithm</name>
    <message>
        <source>Read plan from package</source>
        <translation>由成果包读回规划</translation>
    </message>
    <message>
        <source>Makes a plan file (.gpkg) of what a submission package (folder or zip) carries: a colleague&apos;s draft or an approved edition. The package is only read, and refused where its vector data are not those that its manifest lists. Approval steps are entered anew, so that an approved edition gives a closed plan. The report says what the package does not carry; an edition that leaves out a part of the plan (public notice) is refused unless gaps are allowed.</source>
        <translation>把成果包（文件夹或 zip）所含的内容做成规划文件（.gpkg）：同事的草稿，或批复后的成果。成果包只读不改；矢量数据与清单所列校验值不符的不予读回。审批记录逐条重新登记，批复稿读回后规划即锁定。报告写明成果包不含哪些内容；不含完整规划的版本（公示稿），除非允许缺项，否则不予读回。</translation>
    </message>
    <message>
        <source>Package (folder or zip)</source>
        <translation>成果包（文件夹或 zip）</translation>
    </message>
    <message>
        <source>Plan file</source>
        <translation>规划文件</translation>
    </message>
    <message>
        <source>Profile (empty: the package&apos;s own)</source>
        <translation>成果标准（留空则按成果包自身标准）</translation>
    </message>
    <message>
        <source>Allow gaps: also an edition that leaves out a part of the plan</source>
        <translation>允许缺项：不含完整规划的版本也读回</translation>
    </message>
    <message>
        <source>Replace an existing plan file</source>
        <translation>覆盖已有规划文件</translation>
    </message>
    <message>
        <source>Villages</source>
        <translation>村庄数</translation>
    </message>
    <message>
        <source>Hamlets</source>
        <translation>居民点</translation>
    </message>
    <message>
        <source>Gaps</source>
        <translation>缺项数</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
</context>
<context>
    <name>ReadPackageDialog</name>
    <message>
        <source>Read plan from package</source>
        <translation>由成果包读回规划</translation>
    </message>
    <message>
        <source>Makes a plan file of what a package carries: a colleague&apos;s, or an approved edition. The package is only read. A report tells what it does not carry: the history, other scenarios, documents, and what its edition leaves out.</source>
        <translation>把成果包所含的内容做成规划文件：同事的成果包，或批复后的成果。成果包只读不改。报告写明成果包不含的内容：修改历史、其他方案、附件，以及该版本略去的部分。</translation>
    </message>
    <message>
        <source>Folder of the package</source>
        <translation>成果包文件夹</translation>
    </message>
    <message>
        <source>or zip file</source>
        <translation>或 zip 文件</translation>
    </message>
    <message>
        <source>Save plan as</source>
        <translation>规划文件保存为</translation>
    </message>
    <message>
        <source>Plan file</source>
        <translation>规划文件</translation>
    </message>
    <message>
        <source>Allow gaps: also an edition that leaves out a part of the plan (public notice)</source>
        <translation>允许缺项：不含完整规划的版本（公示稿）也读回</translation>
    </message>
</context>
<context>
    <name>ReadinessList</name>
    <message>
        <source>Double-click to go where it is mended</source>
        <translation>双击转到处理位置</translation>
    </message>
</context>
<context>
    <name>ReasonsForm</name>
    <message>
        <source>Save grounds</source>
        <translation>保存理由依据</translation>
    </message>
    <message>
        <source>Grounds</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>Basis</source>
        <translation>依据</translation>
    </message>
    <message>
        <source>several values</source>
        <translation>（多个值）</translation>
    </message>
</context>
<context>
    <name>Requirements</name>
    <message>
        <source>Village Planner needs Python packages that this QGIS lacks or has too old: {0}.</source>
        <translation>“村庄布局规划”插件需要以下 Python 软件包，而当前 QGIS 缺少或版本过低：{0}。</translation>
    </message>
    <message>
        <source>Without a network, use the offline installer or package files from another computer. Then restart QGIS.</source>
        <translation>没有网络时，请使用离线安装包，或从其他电脑拷贝软件包文件。安装后请重新启动 QGIS。</translation>
    </message>
    <message>
        <source>Windows: the standalone QGIS installer (.msi) carries them. With OSGeo4W, start its Setup, choose Advanced Install and select qgis-full, or these packages: {0}.</source>
        <translation>Windows：QGIS 独立安装包（.msi）已自带。使用 OSGeo4W 时，请运行其安装程序，选择“Advanced Install”，勾选 qgis-full 或以下软件包：{0}。</translation>
    </message>
    <message>
        <source>macOS: install QGIS from conda-forge, which carries them: conda install -c conda-forge qgis {0}</source>
        <translation>macOS：请从 conda-forge 安装 QGIS，其中已自带：conda install -c conda-forge qgis {0}</translation>
    </message>
    <message>
        <source>conda: conda install -c conda-forge {0}</source>
        <translation>conda：conda install -c conda-forge {0}</translation>
    </message>
    <message>
        <source>Debian, Ubuntu, UOS, Kylin: sudo apt install {0}. Debian 12 has shapely 1.8: install a newer one for your user from a package file, python3 -m pip install --user --break-system-packages &quot;shapely&gt;=2.0,&lt;2.1&quot; &quot;numpy&lt;2&quot;.</source>
        <translation>Debian、Ubuntu、统信 UOS、银河麒麟：sudo apt install {0}。Debian 12 自带的 shapely 为 1.8，请为当前用户从软件包文件安装较新版本：python3 -m pip install --user --break-system-packages &quot;shapely&gt;=2.0,&lt;2.1&quot; &quot;numpy&lt;2&quot;。</translation>
    </message>
</context>
<context>
    <name>RevisionDialog</name>
    <message>
        <source>Differences from the approved state</source>
        <translation>修改对照表</translation>
    </message>
    <message>
        <source>{0} differences from the approved state.</source>
        <translation>与批复成果相比共 {0} 处不同。</translation>
    </message>
    <message>
        <source>Nothing differs from the approved state.</source>
        <translation>与批复成果一致，没有差异。</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Saved: {0}</source>
        <translation>已保存：{0}</translation>
    </message>
</context>
<context>
    <name>ScenarioBar</name>
    <message>
        <source>The scenario that all docks and the map show and edit</source>
        <translation>各面板和地图当前显示和编辑的方案</translation>
    </message>
    <message>
        <source>Copy…</source>
        <translation>复制…</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>改名…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Adopt</source>
        <translation>采纳</translation>
    </message>
    <message>
        <source>Compare…</source>
        <translation>比较…</translation>
    </message>
    <message>
        <source>Scenario</source>
        <translation>方案操作</translation>
    </message>
    <message>
        <source>Shown scenario</source>
        <translation>当前方案</translation>
    </message>
    <message>
        <source>{0} (adopted)</source>
        <translation>{0}（采纳）</translation>
    </message>
    <message>
        <source>The copy takes over all categories, actions and moves of “{0}” and is edited on its own.</source>
        <translation>复制后的方案包含“{0}”的全部分类、布局引导和迁并任务，可单独编辑。</translation>
    </message>
    <message>
        <source>Copy scenario</source>
        <translation>复制方案</translation>
    </message>
    <message>
        <source>Rename scenario</source>
        <translation>方案改名</translation>
    </message>
    <message>
        <source>Delete “{0}” with all its categories, actions and moves? Undo brings it back.</source>
        <translation>确定删除“{0}”及其全部分类、布局引导和迁并任务吗？可用撤销恢复。</translation>
    </message>
    <message>
        <source>Delete scenario</source>
        <translation>删除方案</translation>
    </message>
    <message>
        <source>The plan is approved: scenarios are locked until a revision is opened.</source>
        <translation>规划已批复，方案已锁定；启动规划修改后才能调整。</translation>
    </message>
    <message>
        <source>This scenario is the adopted one.</source>
        <translation>这是采纳方案。</translation>
    </message>
    <message>
        <source>There is only one scenario: copy it first.</source>
        <translation>只有一个方案，请先复制。</translation>
    </message>
</context>
<context>
    <name>SettleDialog</name>
    <message>
        <source>Settle a difference between rosters</source>
        <translation>处理名录差异</translation>
    </message>
    <message>
        <source>Both stand, for this reason</source>
        <translation>两者并存，说明原因</translation>
    </message>
    <message>
        <source>The plan&apos;s roster stands</source>
        <translation>以规划名录为准</translation>
    </message>
    <message>
        <source>Take over what {0} says</source>
        <translation>采用 {0} 的内容</translation>
    </message>
    <message>
        <source>Decision</source>
        <translation>处理结果</translation>
    </message>
    <message>
        <source>Kind of the village</source>
        <translation>村级单元性质</translation>
    </message>
    <message>
        <source>by its name</source>
        <translation>按名称判断</translation>
    </message>
    <message>
        <source>Explanation</source>
        <translation>处理说明</translation>
    </message>
</context>
<context>
    <name>StatusBadge</name>
    <message>
        <source>{0}: the decisions are locked</source>
        <translation>规划已锁定（{0}），不能修改分类、布局引导和迁并任务</translation>
    </message>
    <message>
        <source>{0}: a revision is open, differences are kept on record</source>
        <translation>正在修改规划（{0}），与批复成果的差异均会记录</translation>
    </message>
    <message>
        <source>The plan is approved. To change categories, actions, moves or sites, record a revision with its legal ground in the Plan dock.</source>
        <translation>规划已批复。如需调整分类、布局引导、迁并任务或安置点，请在“总览”面板的“审批步骤”中登记规划修改及其法定依据。</translation>
    </message>
</context>
<context>
    <name>StepDialog</name>
    <message>
        <source>OK</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>StepList</name>
    <message>
        <source>Roster</source>
        <translation>名录核对</translation>
    </message>
    <message>
        <source>Control layers</source>
        <translation>管控图层</translation>
    </message>
    <message>
        <source>Classification</source>
        <translation>分类引导</translation>
    </message>
    <message>
        <source>Moves</source>
        <translation>迁并任务</translation>
    </message>
    <message>
        <source>Consent</source>
        <translation>村民意愿</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>质检</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>成果</translation>
    </message>
    <message>
        <source>Approval</source>
        <translation>审批</translation>
    </message>
    <message>
        <source>Implementation</source>
        <translation>实施</translation>
    </message>
    <message>
        <source>nothing is missing</source>
        <translation>没有缺项</translation>
    </message>
    <message>
        <source>something is missing</source>
        <translation>有缺项</translation>
    </message>
</context>
<context>
    <name>StepRunner</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>{0} is running…</source>
        <translation>正在进行：{0}…</translation>
    </message>
</context>
<context>
    <name>TableDialog</name>
    <message>
        <source>Import table</source>
        <translation>导入表格</translation>
    </message>
    <message>
        <source>Choose what each column is; the first cells help. Nothing is taken but what is chosen here, and every figure keeps its source and date. A report tells what was taken, what was converted and what contradicts.</source>
        <translation>请确认每一列是什么，可参考前几个单元格。只采纳此处选定的列，每个数值都保留来源和日期；采纳、换算和矛盾情况见报告。</translation>
    </message>
    <message>
        <source>Facts of villages and hamlets</source>
        <translation>行政村、居民点数据</translation>
    </message>
    <message>
        <source>Limits per township or county</source>
        <translation>乡镇、县级下达指标</translation>
    </message>
    <message>
        <source>List of villages fixed from above</source>
        <translation>上级确定的村庄名单</translation>
    </message>
    <message>
        <source>The table holds</source>
        <translation>表格内容</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格文件</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Sheet</source>
        <translation>工作表</translation>
    </message>
    <message>
        <source>Each row is</source>
        <translation>每行是</translation>
    </message>
    <message>
        <source>a village</source>
        <translation>行政村</translation>
    </message>
    <message>
        <source>a hamlet</source>
        <translation>居民点</translation>
    </message>
    <message>
        <source>as the row says</source>
        <translation>按行内所写</translation>
    </message>
    <message>
        <source>Date of the figures</source>
        <translation>数据日期</translation>
    </message>
    <message>
        <source>YYYY-MM-DD, where the rows state none</source>
        <translation>YYYY-MM-DD，行内未写日期时采用</translation>
    </message>
    <message>
        <source>Column of the table</source>
        <translation>表中列</translation>
    </message>
    <message>
        <source>First cells</source>
        <translation>前几个单元格</translation>
    </message>
    <message>
        <source>is</source>
        <translation>对应</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>the one that fits best</source>
        <translation>自动选择最相符的</translation>
    </message>
    <message>
        <source>The table is being read…</source>
        <translation>正在读取表格……</translation>
    </message>
    <message>
        <source>Read table</source>
        <translation>读取表格</translation>
    </message>
    <message>
        <source>{0}: {1} rows</source>
        <translation>{0}：{1} 行</translation>
    </message>
    <message>
        <source>kept under its heading</source>
        <translation>按列标题保留</translation>
    </message>
    <message>
        <source>not taken</source>
        <translation>不采纳</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>未注明</translation>
    </message>
</context>
<context>
    <name>Teller</name>
    <message>
        <source>Village Planner</source>
        <translation>村庄布局规划</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Open report</source>
        <translation>打开报告</translation>
    </message>
</context>
<context>
    <name>TitleDialog</name>
    <message>
        <source>Name of the scenario</source>
        <translation>方案名称</translation>
    </message>
</context>
<context>
    <name>VillageModel</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>引导</translation>
    </message>
    <message>
        <source>Households</source>
        <translation>户数</translation>
    </message>
    <message>
        <source>Persons</source>
        <translation>人口</translation>
    </message>
    <message>
        <source>Moves</source>
        <translation>迁并任务</translation>
    </message>
    <message>
        <source>Consent</source>
        <translation>村民意愿</translation>
    </message>
</context>
<context>
    <name>VillagePlannerProvider</name>
    <message>
        <source>Village Planner</source>
        <translation>村庄布局规划</translation>
    </message>
</context>
<context>
    <name>VillageRows</name>
    <message>
        <source>{0} moves</source>
        <translation>{0} 项任务</translation>
    </message>
    <message>
        <source>Partly withdrawn</source>
        <translation>部分迁并</translation>
    </message>
    <message>
        <source>unphased</source>
        <translation>未定时序</translation>
    </message>
    <message>
        <source>{0}: not in the scope of the plan</source>
        <translation>{0}：不在规划范围内</translation>
    </message>
    <message>
        <source>Inside the development boundary: needs no category</source>
        <translation>位于城镇开发边界内，无需分类</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>No plan is open.</source>
        <translation>尚未打开规划。</translation>
    </message>
    <message>
        <source>You have rosters and layers of your own:</source>
        <translation>已有村庄名录和图层资料：</translation>
    </message>
    <message>
        <source>New plan…</source>
        <translation>新建规划…</translation>
    </message>
    <message>
        <source>You or a colleague have begun a plan (.gpkg):</source>
        <translation>已有规划文件（.gpkg）：</translation>
    </message>
    <message>
        <source>Open plan…</source>
        <translation>打开规划…</translation>
    </message>
    <message>
        <source>You want to see how it works, on a fictitious township:</source>
        <translation>想先了解用法，可用虚构乡镇的示例数据：</translation>
    </message>
    <message>
        <source>Demo…</source>
        <translation>示例…</translation>
    </message>
    <message>
        <source>You have the submission package of a plan:</source>
        <translation>已有规划的成果包：</translation>
    </message>
    <message>
        <source>Read plan from package…</source>
        <translation>由成果包读回规划…</translation>
    </message>
</context>
</TS>
